// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClaimsReportTest {
  @Test
  void ratioIsOfClaimsToBarePods() {
    Race.Outcome pods = outcome(1, 2);
    Race.Outcome claims = outcome(2, 8);

    List<String> lines = new ClaimsReport(pods, claims).table().lines();

    assertThat(lines.getLast().split(" {2,}"))
        .containsExactly("claims/bare pods", "2.00", "2.00", "4.00", "0.250");
  }

  @Test
  void noneThatArrivedHasNoFigures() {
    Race.Outcome none = new Race.Outcome(List.of(), Duration.ZERO, List.of("claim-0: lost"));

    List<String> lines = new ClaimsReport(outcome(1, 1), none).table().lines();

    assertThat(lines).hasSize(3);
    assertThat(lines.getLast()).contains("n/a");
  }

  @Test
  void requestsAreOfOurClientsAndOfTheRunAlone() {
    Map<String, Long> before =
        Map.of("fabric8-kubernetes-client/7", 100L, "dory-bench", 5L, "embedded-cluster", 7L);
    Map<String, Long> after =
        Map.of(
            "fabric8-kubernetes-client/7", 160L,
            "dory-provisioner-kit", 20L,
            "dory-bench", 500L,
            "embedded-cluster", 700L);

    assertThat(ClaimsReport.requests(before, after, 10))
        .isEqualTo("8.00 (kit 2.00, provisioner 6.00)");
    assertThat(ClaimsReport.requests(Map.of(), Map.of(), 10)).isEqualTo("n/a");
  }

  private static Race.Outcome outcome(int seconds, int elapsed) {
    return new Race.Outcome(
        List.of(Duration.ofSeconds(seconds), Duration.ofSeconds(seconds)),
        Duration.ofSeconds(elapsed),
        List.of());
  }
}
