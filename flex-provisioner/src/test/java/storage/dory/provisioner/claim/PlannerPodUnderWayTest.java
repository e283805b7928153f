// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static storage.dory.provisioner.fakes.Samples.START;
import static storage.dory.provisioner.fakes.Samples.UID;
import static storage.dory.provisioner.fakes.Samples.deleted;
import static storage.dory.provisioner.fakes.Samples.running;
import static storage.dory.provisioner.fakes.Samples.waiting;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import storage.dory.provisioner.podrun.Action;

/** A pod that has not ended. */
class PlannerPodUnderWayTest extends PlannerStage {

  @Test
  void podWithoutSecretIsGivenOne() {
    scene.pod(pod -> pod, Action.PROVISION, 1);

    assertThat(step()).isInstanceOf(Step.GiveSecret.class);
  }

  @Test
  void podThatComesLateAfterAllWasDoneIsNotLetBegin() {
    scene.pod(pod -> pod, Action.PROVISION, 1);
    scene.volume(v -> v);
    scene.marked();
    scene.volumeName = Optional.of(UID.volumeName());

    assertThat(step()).isInstanceOf(Step.StopPod.class);
  }

  @Test
  void runningPodIsWaitedForUntilAfterItsDeadlineAndThenStopped() {
    scene.pod(pod -> running(pod), Action.PROVISION, 1);

    assertThat(at(Duration.ofSeconds(20)).step())
        .isEqualTo(new Step.WaitUntil(START.plus(Duration.ofMinutes(6)), "pod has not ended"));
    assertThat(at(Duration.ofMinutes(6)).step()).isInstanceOf(Step.StopPod.class);
  }

  @Test
  void podThatNoNodeTookWithinItsDeadlineIsStopped() {
    scene.pod(pod -> pod, Action.PROVISION, 1);
    scene.secretsGiven = true;

    assertThat(at(Duration.ofSeconds(299)).step()).isInstanceOf(Step.WaitUntil.class);
    assertThat(at(Duration.ofMinutes(5)).step()).isInstanceOf(Step.StopPod.class);
  }

  @Test
  void imageThatCannotBePulledIsToldAtOnceWhileThePodGoesOn() {
    scene.pod(pod -> waiting(pod, "ImagePullBackOff", "manifest unknown"), Action.PROVISION, 1);
    scene.secretsGiven = true;

    Plan plan = at(Duration.ofSeconds(1));

    assertThat(plan.step()).isInstanceOf(Step.WaitUntil.class);
    assertThat(plan.tells().getFirst().message()).contains("manifest unknown");
    assertThat(plan.tells().getFirst().kind()).isEqualTo(Tell.Kind.FAILED);
  }

  @Test
  void podThatSomebodyDeletesIsWaitedForAndThenFollowedByAnother() {
    scene.pod(pod -> deleted(running(pod), START.plusSeconds(30)), Action.PROVISION, 1);

    assertThat(at(Duration.ofSeconds(31)).step())
        .isEqualTo(new Step.WaitUntil(START.plusSeconds(90), "pod is being deleted"));
    assertThat(launchedAt(LONG).attempt()).isEqualTo(2);
  }
}
