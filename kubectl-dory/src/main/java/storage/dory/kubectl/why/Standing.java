// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.why;

/** Where a claim stands. */
public sealed interface Standing {

  /** It has its volume. */
  record Bound(String volume) implements Standing {}

  /**
   * It has none yet.
   *
   * @param why in words
   * @param todo what a person can do; empty: wait
   */
  record At(Stage stage, String why, String todo) implements Standing {}
}
