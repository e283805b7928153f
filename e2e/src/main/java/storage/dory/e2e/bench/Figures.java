// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import java.time.Duration;
import java.util.Locale;

/** How figures are written. */
final class Figures {
  static final String UNKNOWN = "n/a";

  private Figures() {}

  /** Milliseconds without unit, with as many places as say something. */
  static String milliseconds(Duration time) {
    return number(time.toNanos() / 1e6);
  }

  static String seconds(Duration time) {
    return number(time.toNanos() / 1e9);
  }

  /** A number a second; n/a when no time passed. */
  static String rate(long count, Duration elapsed) {
    return elapsed.isZero() ? UNKNOWN : number(count / (elapsed.toNanos() / 1e9));
  }

  /** Both of one unit. */
  static String ratio(Duration one, Duration other) {
    return ratio((double) one.toNanos(), (double) other.toNanos());
  }

  static String ratio(double one, double other) {
    return other == 0 ? UNKNOWN : number(one / other);
  }

  static String mebibytes(long bytes) {
    return number(bytes / 1048576.0) + " MiB";
  }

  /** Three places that count, in plain digits. */
  static String number(double value) {
    double size = Math.abs(value);
    int places = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
    return String.format(Locale.ROOT, "%." + places + "f", value);
  }
}
