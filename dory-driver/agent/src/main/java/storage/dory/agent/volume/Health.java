// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

import java.nio.file.Path;
import java.util.Optional;
import storage.dory.agent.mount.ConnectionState;
import storage.dory.agent.mount.Connections;
import storage.dory.agent.mount.MountEntry;
import storage.dory.agent.mount.MountTable;

/** How a mount is that should be there. */
public sealed interface Health {

  /** As far as the kernel tells, nothing is wrong with it. */
  record Good() implements Health {}

  /** It has a server with requests to answer: it works, or hangs. */
  record Awaiting() implements Health {}

  /** Its server has gone. */
  record ServerGone() implements Health {}

  /** It is not mounted any more, and it was not us. */
  record Vanished() implements Health {}

  /** How what is on top at the target is. */
  static Health of(Path target, MountTable table, Connections connections) {
    Optional<MountEntry> top = table.top(target);
    if (top.isEmpty()) {
      return new Vanished();
    }
    return switch (connections.of(top.get())) {
      case ConnectionState.Aborted() -> new ServerGone();
      case ConnectionState.Open(int waiting) -> waiting > 0 ? new Awaiting() : new Good();
      case ConnectionState.NotKnown() -> new Good();
    };
  }

  /** Whether only a new mount helps. */
  default boolean isDead() {
    return switch (this) {
      case Good() -> false;
      case Awaiting() -> false;
      case ServerGone() -> true;
      case Vanished() -> true;
    };
  }
}
