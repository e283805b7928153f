// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private final Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5));

  @Test
  void doublesWithinAFifthUpToTheLongest() {
    for (int failures = 1; failures <= 8; failures++) {
      long exact = 1000L << (failures - 1);
      assertThat(backoff.after("k", failures).toMillis())
          .isBetween(exact * 8 / 10 - 1, exact * 12 / 10 + 1);
    }
    assertThat(backoff.after("k", 12)).isEqualTo(Duration.ofMinutes(5));
    assertThat(backoff.after("k", 1_000_000)).isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void isTheSameForTheSameKeyAndTry() {
    assertThat(backoff.after("a", 3)).isEqualTo(backoff.after("a", 3));
  }

  @Test
  void spreadsKeysThatFailedTogether() {
    assertThat(IntStream.range(0, 100).mapToObj(i -> backoff.after("key" + i, 4)).distinct())
        .hasSizeGreaterThan(90);
  }

  @Test
  void refusesADelayThatDoesNotGrow() {
    assertThatThrownBy(() -> new Backoff(Duration.ZERO, Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
