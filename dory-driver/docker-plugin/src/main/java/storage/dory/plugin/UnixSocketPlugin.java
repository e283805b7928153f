// SPDX-License-Identifier: Apache-2.0
package storage.dory.plugin;

import java.nio.file.Path;

/** A Docker Volume Plugin behind a unix socket. */
public final class UnixSocketPlugin extends HttpPlugin {
  private final Path socket;

  /**
   * @param socket the plugin's socket, at most 107 bytes long; need not exist yet
   */
  public UnixSocketPlugin(Path socket) {
    super(HttpCalls.over(socket, "the plugin"));
    this.socket = socket;
  }

  /** The socket this plugin answers at. */
  public Path socket() {
    return socket;
  }
}
