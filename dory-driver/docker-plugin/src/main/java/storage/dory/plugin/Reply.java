// SPDX-License-Identifier: Apache-2.0
package storage.dory.plugin;

import java.util.function.Function;

/**
 * How a call to a plugin ended.
 *
 * @param <T> what the plugin answers when it did as asked
 */
public sealed interface Reply<T> {

  /** The plugin did it. */
  record Done<T>(T value) implements Reply<T> {}

  /**
   * The plugin answered, and said no.
   *
   * @param words the plugin's own words, on one line, never empty
   */
  record Refused<T>(String words) implements Reply<T> {}

  /**
   * No answer that could be understood.
   *
   * @param why what was tried and why it failed, naming the socket
   * @param mayHaveHappened false only when the request certainly never reached the plugin
   */
  record Unreachable<T>(String why, boolean mayHaveHappened) implements Reply<T> {}

  /** The same ending with another value, or with a refusal the value turned out to be. */
  default <R> Reply<R> then(Function<? super T, Reply<R>> next) {
    return switch (this) {
      case Done<T>(T value) -> next.apply(value);
      case Refused<T>(String words) -> new Refused<>(words);
      case Unreachable<T>(String why, boolean mayHaveHappened) ->
          new Unreachable<>(why, mayHaveHappened);
    };
  }
}
