// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

/** Whether a plugin knows that one of its mounts is over. */
sealed interface Told {

  /** It does, or never knew the mount. */
  record Knows() implements Told {}

  /** Not yet. */
  record Later(String why) implements Told {}
}
