// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import java.time.Duration;
import java.util.List;

/**
 * Times of many calls.
 *
 * @param times sorted, the shortest first
 */
record Distribution(List<Duration> times) {
  Distribution {
    times = times.stream().sorted().toList();
  }

  /**
   * The nearest rank: the shortest time that so many of all times do not exceed.
   *
   * @param percent above 0, at most 100
   * @throws IllegalStateException when there are no times
   */
  Duration percentile(int percent) {
    if (percent < 1 || percent > 100) {
      throw new IllegalArgumentException("percent " + percent + ": give 1 to 100");
    }
    if (times.isEmpty()) {
      throw new IllegalStateException("no times");
    }
    return times.get((times.size() * percent + 99) / 100 - 1);
  }
}
