// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.watch;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long to wait after an attempt that failed: 1 s, twice as long each time, 15 s at most. */
final class Pace {
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(15);

  /** Volumes of one plugin, and nodes of one storage system, do not ask all at once. */
  private static final double JITTER = 0.2;

  private final RandomGenerator random;

  Pace(RandomGenerator random) {
    this.random = random;
  }

  /**
   * The time to wait, a fifth more or less.
   *
   * @param failures in a row, from 1
   */
  Duration after(int failures) {
    long doubled = FIRST.toMillis() << Math.min(failures - 1, 10);
    double fully = Math.min(doubled, LONGEST.toMillis());
    return Duration.ofMillis(Math.round(fully * (1 + JITTER * (2 * random.nextDouble() - 1))));
  }
}
