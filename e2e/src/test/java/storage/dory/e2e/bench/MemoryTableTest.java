// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import storage.dory.e2e.bench.DriverCycles.Sample;

class MemoryTableTest {
  @Test
  void growthIsAgainstTheFirstCyclesAndNotAgainstAnIdleAgent() {
    List<String> lines =
        new MemoryTable(List.of(sample(0, 30), sample(1000, 50), sample(2000, 100)))
            .table()
            .lines();

    assertThat(lines.get(1).trim().split(" {2,}")).containsExactly("0", "30.0 MiB", "31.0 MiB");
    assertThat(lines.getLast().trim().split(" {2,}"))
        .containsExactly("2000", "100 MiB", "101 MiB", "2.00");
  }

  private static Sample sample(int cycles, long mebibytes) {
    return new Sample(
        cycles, OptionalLong.of(mebibytes << 20), OptionalLong.of((mebibytes + 1) << 20));
  }
}
