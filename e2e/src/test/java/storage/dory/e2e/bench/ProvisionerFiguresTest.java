// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProvisionerFiguresTest {
  private static final String PAGE =
      """
      # TYPE dory_api_requests_total counter
      dory_api_requests_total{kind="Pod",verb="create"} 20.0
      dory_api_requests_total{kind="Event",verb="create"} 5.0
      jvm_memory_heap_peak_bytes 1.048576E7
      process_cpu_seconds_total 2.5
      """;

  @Test
  void readsWhatTheProvisionerCountsItself() {
    ProvisionerFigures figures = ProvisionerFigures.read(PAGE);

    assertThat(figures.requestsInAll()).isEqualTo(25);
    assertThat(ProcessFigures.words(figures.heapPeak())).isEqualTo("10.0 MiB");
  }

  @Test
  void figuresAreOfTheTimeSinceAndPerClaim() {
    ProvisionerFigures before = ProvisionerFigures.read(PAGE);
    ProvisionerFigures after =
        ProvisionerFigures.read(
            PAGE.replace("20.0", "40.0").replace("} 5.0", "} 1.0E2").replace("2.5", "2.75"));

    assertThat(after.requestsSince(before, 10)).isEqualTo("create Event 9.50, create Pod 2.00");
    assertThat(after.processorSince(before, 10)).isEqualTo("25.0 ms");
  }

  @Test
  void anOlderProvisionerHasFewerFigures() {
    ProvisionerFigures none = ProvisionerFigures.read("");

    assertThat(none.requestsSince(none, 10)).isEqualTo("n/a");
    assertThat(none.processorSince(none, 10)).isEqualTo("n/a");
    assertThat(ProcessFigures.words(none.heapPeak())).isEqualTo("n/a");
  }
}
