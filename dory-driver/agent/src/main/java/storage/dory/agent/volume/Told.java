// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

/** Whether a plugin knows that one of its mounts is over. */
sealed interface Told {

  /** It does. */
  record Knows() implements Told {}

  /** It has no such mount, or no such volume: it had never heard of it, or has not yet. */
  record KnowsNone() implements Told {}

  /** It has been told and says no: perhaps for the time being, perhaps for ever. */
  record Refuses(String why) implements Told {}

  /** It could not be told yet. */
  record Later(String why) implements Told {}
}
