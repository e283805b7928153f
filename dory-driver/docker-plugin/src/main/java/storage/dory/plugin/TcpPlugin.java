// SPDX-License-Identifier: Apache-2.0
package storage.dory.plugin;

import java.util.Optional;

/** A Docker Volume Plugin that listens on TCP. */
final class TcpPlugin extends HttpPlugin {
  /**
   * @param authority host and port
   * @param tls absent: in clear
   */
  TcpPlugin(String authority, Optional<TlsMeans> tls) {
    super(HttpCalls.over(authority, tls, "the plugin"));
  }
}
