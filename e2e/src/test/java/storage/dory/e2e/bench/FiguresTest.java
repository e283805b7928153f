// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class FiguresTest {
  @Test
  void threePlacesCount() {
    assertThat(Figures.number(0.4321)).isEqualTo("0.432");
    assertThat(Figures.number(4.321)).isEqualTo("4.32");
    assertThat(Figures.number(43.21)).isEqualTo("43.2");
    assertThat(Figures.number(4321.4)).isEqualTo("4321");
  }

  @Test
  void unitsAreThoseOfTheirNames() {
    assertThat(Figures.milliseconds(Duration.ofNanos(1_500_000))).isEqualTo("1.50");
    assertThat(Figures.seconds(Duration.ofMillis(1500))).isEqualTo("1.50");
    assertThat(Figures.mebibytes(3 << 20)).isEqualTo("3.00 MiB");
  }

  @Test
  void ratioToNothingIsNotKnown() {
    assertThat(Figures.ratio(1, 0)).isEqualTo("n/a");
    assertThat(Figures.ratio(Duration.ofMillis(1), Duration.ofMillis(2))).isEqualTo("0.500");
  }
}
