// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import java.time.Duration;
import java.util.Random;

/** When what is killed: the same for the same seed. For one thread. */
final class ChaosPlan {
  private static final int MOST_CALLS_BETWEEN = 250;
  private static final int LONGEST_DELAY_MS = 40;
  private static final int LONGEST_DOWN_MS = 400;

  private final Random random;

  /** What is killed. */
  enum Victim {
    AGENT,
    PLUGIN,
    BOTH
  }

  /**
   * One kill.
   *
   * @param afterCalls when so many calls have succeeded since everything was up again
   * @param delay after that, so that it falls into any step of a call
   * @param down until it is started again
   */
  record Kill(int afterCalls, Victim victim, Duration delay, Duration down) {}

  ChaosPlan(long seed) {
    this.random = new Random(seed);
  }

  Kill next() {
    int chance = random.nextInt(5);
    return new Kill(
        1 + random.nextInt(MOST_CALLS_BETWEEN),
        chance < 2 ? Victim.AGENT : chance < 4 ? Victim.PLUGIN : Victim.BOTH,
        Duration.ofMillis(random.nextInt(LONGEST_DELAY_MS)),
        Duration.ofMillis(random.nextInt(LONGEST_DOWN_MS)));
  }
}
