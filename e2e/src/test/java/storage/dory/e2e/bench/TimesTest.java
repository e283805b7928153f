// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TimesTest {
  private final Times hundred =
      new Times(
          LongStream.rangeClosed(1, 100).map(ms -> ms * 1_000_000).boxed().toList().reversed(),
          Duration.ofSeconds(2));

  @Test
  void percentileIsTheValueOfThatRank() {
    assertThat(hundred.percentile(0.50)).isEqualTo(50.0);
    assertThat(hundred.percentile(0.95)).isEqualTo(95.0);
    assertThat(hundred.percentile(0.99)).isEqualTo(99.0);
  }

  @Test
  void rateIsOfTheWholeRun() {
    assertThat(hundred.perSecond()).isEqualTo(50.0);
  }
}
