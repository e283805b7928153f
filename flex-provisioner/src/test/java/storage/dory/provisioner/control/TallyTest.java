// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.control;

import static org.assertj.core.api.Assertions.assertThat;
import static storage.dory.provisioner.fakes.Samples.CLAIM;
import static storage.dory.provisioner.fakes.Samples.START;
import static storage.dory.provisioner.fakes.Samples.UID;
import static storage.dory.provisioner.fakes.Samples.definition;
import static storage.dory.provisioner.fakes.Samples.ended;
import static storage.dory.provisioner.fakes.Samples.made;
import static storage.dory.provisioner.fakes.Samples.order;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import storage.dory.provisioner.catalog.InForce;
import storage.dory.provisioner.claim.Plan;
import storage.dory.provisioner.claim.Sight;
import storage.dory.provisioner.claim.Step;
import storage.dory.provisioner.claim.Tell;
import storage.dory.provisioner.claim.View;
import storage.dory.provisioner.ops.Gauges;
import storage.dory.provisioner.ops.Metrics;
import storage.dory.provisioner.podrun.Action;
import storage.dory.provisioner.podrun.PodReader;

class TallyTest {
  private static final Instant LATER = START.plusSeconds(4);

  private final Metrics metrics = new Metrics(() -> Gauges.NONE);
  private final Tally tally = new Tally(metrics);

  @Test
  void expansionsAreCountedOncePerPodHoweverOftenTheyAreTold() {
    for (int i = 0; i < 3; i++) {
      tally.planned(view(1, 1), tells(Tell.Kind.RESIZE_FAILED), LATER);
      tally.planned(view(2, 0), tells(Tell.Kind.RESIZED), LATER);
    }
    tally.planned(view(3, 0), tells(Tell.Kind.NODE_RESIZES), LATER);

    assertThat(metrics.text())
        .contains(
            "dory_expansions_failed_total{class=\"silver\"} 1.0",
            "dory_expansions_total{class=\"silver\"} 2.0",
            "dory_expansion_duration_seconds_sum{class=\"silver\"} 8.0");
  }

  private static Plan tells(Tell.Kind kind) {
    return new Plan(new Step.Rest(""), List.of(Tell.of(CLAIM, kind, "words")));
  }

  private static View view(int attempt, int exitCode) {
    return new View(
        UID,
        new Sight.Unseen<>(),
        new Sight.Unseen<>(),
        Optional.empty(),
        new Sight.Unseen<>(),
        List.of(
            PodReader.read(
                    ended(made(order(Action.EXPAND, attempt, definition(Map.of()))), exitCode, ""),
                    LATER)
                .orElseThrow()),
        Optional.empty(),
        new InForce.None(),
        Set.of(),
        Set.of());
  }
}
