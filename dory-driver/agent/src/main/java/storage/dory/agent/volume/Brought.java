// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

import java.nio.file.Path;

/** What the plugin made of a request to have a volume mounted. */
sealed interface Brought {

  /** It is there. */
  record At(Path source) implements Brought {}

  /** It is not, and the plugin holds nothing for us. */
  record Not(String why) implements Brought {}

  /** Nobody knows; the plugin must be told to unmount. */
  record Unclear(String why) implements Brought {}
}
