// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class PaceTest {

  @Test
  void waitsDoubleUpToTheLongest() {
    Pace middle = new Pace(fixed(0.5));

    assertThat(middle.after(1)).isEqualTo(Duration.ofSeconds(1));
    assertThat(middle.after(2)).isEqualTo(Duration.ofSeconds(2));
    assertThat(middle.after(4)).isEqualTo(Duration.ofSeconds(8));
    assertThat(middle.after(5)).isEqualTo(Duration.ofSeconds(15));
    assertThat(middle.after(Integer.MAX_VALUE)).isEqualTo(Duration.ofSeconds(15));
  }

  @Test
  void aFifthMoreOrLessIsChance() {
    assertThat(new Pace(fixed(0)).after(9)).isEqualTo(Duration.ofSeconds(12));
    assertThat(new Pace(fixed(Math.nextDown(1.0))).after(9)).isEqualTo(Duration.ofSeconds(18));
  }

  private static RandomGenerator fixed(double value) {
    return new RandomGenerator() {
      @Override
      public long nextLong() {
        throw new UnsupportedOperationException("only doubles are asked for");
      }

      @Override
      public double nextDouble() {
        return value;
      }
    };
  }
}
