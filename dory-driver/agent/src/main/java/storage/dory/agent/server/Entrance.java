// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.server;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Where calls come in. */
public sealed interface Entrance {
  /** The descriptor of the first socket that systemd hands over. */
  int FIRST = 3;

  /** The path at which drivers call. */
  Path socket();

  /** A socket that is made, in place of a stale one, and taken away at the end. */
  record At(Path socket) implements Entrance {}

  /** A socket that somebody else has made, listens at already and keeps when we are gone. */
  record HandedOver(Path socket, int descriptor) implements Entrance {}

  /**
   * As the environment says by systemd's protocol of socket activation.
   *
   * @param own id of this process: what is handed over to another one is none of ours
   */
  static Entrance of(Path socket, Map<String, String> environment, long own) {
    boolean ours = Long.toString(own).equals(environment.get("LISTEN_PID"));
    String sockets = Optional.ofNullable(environment.get("LISTEN_FDS")).orElse("0");
    return ours && sockets.matches("[1-9][0-9]*") ? new HandedOver(socket, FIRST) : new At(socket);
  }
}
