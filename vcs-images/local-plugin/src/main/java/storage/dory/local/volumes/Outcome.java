// SPDX-License-Identifier: Apache-2.0
package storage.dory.local.volumes;

import java.io.IOException;

/**
 * How a request ended.
 *
 * @param <T> what is answered when it was done
 */
public sealed interface Outcome<T> {

  /** It is done. */
  record Done<T>(T value) implements Outcome<T> {}

  /**
   * It is not done, and nothing was changed.
   *
   * @param why for the one who asked
   */
  record Refused<T>(String why) implements Outcome<T> {}

  /** A step that may fail on the machine's side. */
  @FunctionalInterface
  interface Step<T, R> {
    Outcome<R> of(T value) throws IOException;
  }

  /** Goes on with the value, if there is one. */
  default <R> Outcome<R> then(Step<? super T, R> next) throws IOException {
    return switch (this) {
      case Done<T>(T value) -> next.of(value);
      case Refused<T>(String why) -> new Refused<>(why);
    };
  }
}
