// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcessFiguresTest {
  @Test
  void sizesAreReadFromTheStatusFile() {
    String status = "Name:\tjava\nVmHWM:\t   49152 kB\nVmRSS:\t 1 kB\n";

    assertThat(ProcessFigures.in(status, "VmHWM")).hasValue(48L << 20);
    assertThat(ProcessFigures.in(status, "VmRSS")).hasValue(1L << 10);
    assertThat(ProcessFigures.in("Name:\tkthreadd\n", "VmHWM")).isEmpty();
  }

  @Test
  void peakOfThisProcessIsKnown() {
    assertThat(ProcessFigures.peak(ProcessHandle.current().pid()).orElse(0))
        .isGreaterThan(1L << 20);
  }
}
