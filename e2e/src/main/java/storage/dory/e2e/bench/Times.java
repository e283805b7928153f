// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * How long each of many like things took.
 *
 * @param nanos one each; at least one
 * @param wall from the first start to the last end
 */
record Times(List<Long> nanos, Duration wall) {
  static final String HEAD =
      "%-34s %6s %9s %9s %9s %9s".formatted("", "count", "p50 ms", "p95 ms", "p99 ms", "per s");

  Times {
    nanos = nanos.stream().sorted().toList();
    if (nanos.isEmpty()) {
      throw new IllegalArgumentException("nothing was measured");
    }
  }

  /** The smallest value that the given share of all does not exceed, in milliseconds. */
  double percentile(double share) {
    int rank = (int) Math.ceil(share * nanos.size());
    return nanos.get(Math.max(rank, 1) - 1) / 1e6;
  }

  double perSecond() {
    return nanos.size() / (wall.toNanos() / 1e9);
  }

  /** A row under {@link #HEAD}. */
  String row(String what) {
    return String.format(
        Locale.ROOT,
        "%-34s %6d %9.1f %9.1f %9.1f %9.1f",
        what,
        nanos.size(),
        percentile(0.50),
        percentile(0.95),
        percentile(0.99),
        perSecond());
  }
}
