// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Thousands of stories with faults everywhere, each from a seed. To see one again, step by step:
 * {@code -Dtest=SimulationTest -Ddory.simulation.seed=SEED}. For more of them: {@code
 * -Ddory.simulation.schedules=COUNT}, from {@code -Ddory.simulation.first=SEED} on.
 */
class SimulationTest {
  private static final int USUAL = 3000;

  private final Logger productLog = (Logger) LoggerFactory.getLogger("storage.dory");
  private final Level before = productLog.getLevel();

  @BeforeEach
  void quiet() {
    productLog.setLevel(Level.OFF);
  }

  @AfterEach
  void asBefore() {
    productLog.setLevel(before);
  }

  @Test
  void whateverFailsNothingIsLeakedOrphanedStuckOrDoubled() {
    Long seed = Long.getLong("dory.simulation.seed");
    long first = seed == null ? Long.getLong("dory.simulation.first", 1) : seed;
    int count = seed == null ? Integer.getInteger("dory.simulation.schedules", USUAL) : 1;
    List<String> failures = new ArrayList<>();
    long lives = 0;
    long leaders = 0;
    long requests = 0;
    long start = System.nanoTime();

    for (long i = first; i < first + count && failures.size() < 5; i++) {
      Schedule.Outcome outcome = outcome(i, seed != null);
      outcome.trace().forEach(System.out::println);
      lives += outcome.lives();
      leaders += outcome.leaders();
      requests += outcome.requests();
      if (!outcome.wrong().isEmpty()) {
        failures.add("-Ddory.simulation.seed=" + i + ": " + outcome.wrong());
      }
    }

    System.out.printf(
        "simulation: schedules=%d first-seed=%d provisioners=%d leaders=%d requests=%d seconds=%.1f failed=%d%n",
        count, first, lives, leaders, requests, (System.nanoTime() - start) / 1e9, failures.size());
    assertThat(failures).isEmpty();
  }

  /** Whatever comes out of a story, its seed is named. */
  private static Schedule.Outcome outcome(long seed, boolean traced) {
    try {
      return new Schedule(seed, traced).run();
    } catch (RuntimeException | Killed e) {
      throw new AssertionError("-Ddory.simulation.seed=" + seed + ": " + e, e);
    }
  }

  @Test
  void theSameSeedTellsTheSameStory() {
    assertThat(new Schedule(7, true).run().trace()).isEqualTo(new Schedule(7, true).run().trace());
  }
}
