// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.show;

import java.time.Duration;
import java.util.Locale;

/** Spans of time for people. */
public final class Spans {
  private static final long MINUTE = 60;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;

  private Spans() {}

  /** In at most two units, such as {@code 3m12s}; a span below zero is none. */
  public static String words(Duration span) {
    Duration shown = span.isNegative() ? Duration.ZERO : span;
    long seconds = shown.toSeconds();
    if (seconds < MINUTE) {
      return shown.toMillis() % 1000 == 0
          ? seconds + "s"
          : String.format(Locale.ROOT, "%.1fs", shown.toMillis() / 1000.0);
    }
    if (seconds < HOUR) {
      return seconds / MINUTE + "m" + seconds % MINUTE + "s";
    }
    return seconds < DAY
        ? seconds / HOUR + "h" + seconds % HOUR / MINUTE + "m"
        : seconds / DAY + "d" + seconds % DAY / HOUR + "h";
  }

  /** The age of something as kubectl shows it: in whole seconds. */
  public static String age(Duration span) {
    return words(Duration.ofSeconds(Math.max(0, span.toSeconds())));
  }
}
