// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static storage.dory.provisioner.fakes.Samples.START;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import storage.dory.provisioner.podrun.Action;
import storage.dory.provisioner.podrun.Order;
import storage.dory.provisioner.podrun.PodFacts;
import storage.dory.provisioner.reconcile.Backoff;

/** A planner, a scene before it, and what it makes of the scene. */
abstract class PlannerStage {
  /** So long after the first pod was made that nothing is early any more. */
  static final Duration LONG = Duration.ofHours(2);

  static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5));

  final Scene scene = new Scene();
  final Planner planner = new Planner(BACKOFF);

  static DataSource snapshot(String name) {
    return new DataSource("snapshot.storage.k8s.io", "VolumeSnapshot", name, Optional.empty());
  }

  Plan at(Duration after) {
    Instant now = START.plus(after);
    return planner.plan(scene.view(now), now);
  }

  Step step() {
    return at(LONG).step();
  }

  List<Tell> tells() {
    return at(LONG).tells();
  }

  String toldWithoutAPod() {
    Plan plan = at(LONG);
    assertThat(plan.step()).isInstanceOf(Step.Rest.class);
    assertThat(plan.tells()).hasSize(1);
    assertThat(plan.tells().getFirst().kind()).isEqualTo(Tell.Kind.FAILED);
    return plan.tells().getFirst().message();
  }

  Order launched() {
    return launchedAt(LONG);
  }

  Order launchedAt(Duration after) {
    Step step = at(after).step();
    assertThat(step).isInstanceOf(Step.Launch.class);
    return ((Step.Launch) step).order();
  }

  int finished(Action action) {
    Step step = step();
    assertThat(step).isInstanceOf(Step.FinishPod.class);
    PodFacts pod = ((Step.FinishPod) step).pod();
    assertThat(pod.action()).isEqualTo(action);
    return pod.attempt();
  }
}
