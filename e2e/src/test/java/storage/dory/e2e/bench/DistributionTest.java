// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DistributionTest {
  private final Distribution hundred =
      new Distribution(
          IntStream.rangeClosed(1, 100).map(i -> 101 - i).mapToObj(Duration::ofMillis).toList());

  @Test
  void percentileIsTheTimeOfThatRank() {
    assertThat(hundred.percentile(50)).isEqualTo(Duration.ofMillis(50));
    assertThat(hundred.percentile(95)).isEqualTo(Duration.ofMillis(95));
    assertThat(hundred.percentile(99)).isEqualTo(Duration.ofMillis(99));
    assertThat(hundred.percentile(100)).isEqualTo(Duration.ofMillis(100));
  }

  @Test
  void fewTimesAnswerEveryPercentileWithOneOfThem() {
    Distribution three =
        new Distribution(List.of(Duration.ofMillis(9), Duration.ofMillis(1), Duration.ofMillis(4)));

    assertThat(three.percentile(1)).isEqualTo(Duration.ofMillis(1));
    assertThat(three.percentile(50)).isEqualTo(Duration.ofMillis(4));
    assertThat(three.percentile(67)).isEqualTo(Duration.ofMillis(9));
    assertThat(three.percentile(99)).isEqualTo(Duration.ofMillis(9));
  }

  @Test
  void noTimesHaveNoPercentile() {
    Distribution none = new Distribution(List.of());

    assertThatThrownBy(() -> none.percentile(50)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> hundred.percentile(0)).isInstanceOf(IllegalArgumentException.class);
  }
}
