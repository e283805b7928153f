// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClaimsReportTest {
  @Test
  void ratioIsOfClaimsToBarePods() {
    Race.Outcome pods = outcome(1, 2);
    Race.Outcome claims = outcome(2, 8);

    List<String> lines =
        new ClaimsReport(pods, claims, new Stations("ns"), Optional.empty()).table().lines();

    assertThat(lines.getLast().split(" {2,}"))
        .containsExactly("claims/bare pods", "2.00", "2.00", "4.00", "0.250");
  }

  @Test
  void noneThatArrivedHasNoFigures() {
    Race.Outcome none = new Race.Outcome(0, List.of(), List.of("claim-0: lost"));

    List<String> lines =
        new ClaimsReport(outcome(1, 1), none, new Stations("ns"), Optional.empty()).table().lines();

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

  @Test
  void stationsOnTheWayHaveLinesOfTheirOwn() {
    long began = System.nanoTime();
    Stations stations = new Stations("ns");
    stations.volumes().onAdd(volume("ns", "a"));
    stations.volumes().onAdd(volume("elsewhere", "b"));
    Race.Outcome claims =
        new Race.Outcome(
            began,
            List.of(
                new Race.Arrival("a", Duration.ZERO, Duration.ofHours(1)),
                new Race.Arrival("b", Duration.ZERO, Duration.ofHours(1))),
            List.of());

    List<String> lines =
        new ClaimsReport(outcome(1, 1), claims, stations, Optional.empty()).table().lines();

    assertThat(lines.get(2)).matches("claims to the volume +1 +[0-9.]+ .*");
    assertThat(lines.get(3)).matches("claims to Bound +2 +3600 .*");
    assertThat(lines).hasSize(5);
  }

  @Test
  void rateIsShownForEachThousand() {
    List<Race.Arrival> arrivals = new ArrayList<>();
    for (int i = 1; i <= 2500; i++) {
      Duration there = Duration.ofMillis(i <= 1000 ? 10L * i : 10_000 + 20L * (i - 1000));
      arrivals.add(new Race.Arrival("claim-" + i, Duration.ZERO, there));
    }
    Race.Outcome claims = new Race.Outcome(0, arrivals, List.of());

    assertThat(
            new ClaimsReport(outcome(1, 1), claims, new Stations("ns"), Optional.empty())
                .rates(Stations.Station.BOUND))
        .isEqualTo("100 50.0");
  }

  @Test
  void anotherClassIsComparedTogetherAndOneAtATime() {
    OtherClass.Outcome other =
        new OtherClass.Outcome(
            "peer",
            outcome(4, 16),
            List.of(Duration.ofMillis(500)),
            List.of(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(9)),
            List.of(Duration.ofSeconds(4)),
            List.of());

    ClaimsReport report =
        new ClaimsReport(outcome(1, 1), outcome(2, 8), new Stations("ns"), Optional.of(other));

    List<String> together = report.table().lines();
    assertThat(together.get(3)).matches("claims of peer to Bound +2 .*");
    assertThat(together.getLast().split(" {2,}"))
        .containsExactly("claims/those of peer", "0.500", "0.500", "0.500", "2.00");
    assertThat(report.alone().orElseThrow().lines().stream().map(line -> line.split(" {2,}")))
        .containsExactly(
            new String[] {"one at a time", "count", "p50 s", "longest s", "ours/this"},
            new String[] {"a bare pod", "1", "0.500", "0.500", "4.00"},
            new String[] {"a claim of ours", "3", "2.00", "9.00", "1.00"},
            new String[] {"a claim of peer", "1", "4.00", "4.00", "0.500"});
  }

  private static PersistentVolume volume(String namespace, String claim) {
    return new PersistentVolumeBuilder()
        .withNewMetadata()
        .withName("pv")
        .endMetadata()
        .withNewSpec()
        .withNewClaimRef()
        .withNamespace(namespace)
        .withName(claim)
        .endClaimRef()
        .endSpec()
        .build();
  }

  private static Race.Outcome outcome(int seconds, int elapsed) {
    Duration there = Duration.ofSeconds(elapsed);
    Duration filed = there.minusSeconds(seconds);
    return new Race.Outcome(
        0,
        List.of(new Race.Arrival("a", filed, there), new Race.Arrival("b", filed, there)),
        List.of());
  }
}
