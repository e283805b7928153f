// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static storage.dory.provisioner.fakes.Samples.START;
import static storage.dory.provisioner.fakes.Samples.UID;
import static storage.dory.provisioner.fakes.Samples.definition;
import static storage.dory.provisioner.fakes.Samples.ended;

import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import storage.dory.provisioner.catalog.BindingMode;
import storage.dory.provisioner.catalog.InForce;
import storage.dory.provisioner.podrun.Action;
import storage.dory.provisioner.podrun.Order;

/** Every ending of a pod whose claim is there. */
class PlannerPodEndedTest extends PlannerStage {

  @Test
  void successWithTheVolumeInSightIsMarkedAndThenFinished() {
    scene.pod(pod -> ended(pod, 0, ""), Action.PROVISION, 1);
    scene.volume(v -> v);
    assertThat(step()).isInstanceOf(Step.Adopt.class);

    scene.marked();
    Plan plan = at(LONG);
    assertThat(plan.step()).isInstanceOf(Step.FinishPod.class);
    assertThat(plan.tells().getFirst().kind()).isEqualTo(Tell.Kind.SUCCEEDED);
  }

  @Test
  void successWithoutVolumeInTheCacheIsConfirmedFirst() {
    scene.pod(pod -> ended(pod, 0, ""), Action.PROVISION, 1);

    assertThat(step()).isEqualTo(new Step.ConfirmVolume(UID));
  }

  @Test
  void boundClaimWhoseVolumeIsNotInTheCacheGetsNoOtherPod() {
    for (int exitCode : List.of(0, 1, 3)) {
      scene.pods.clear();
      scene.pod(pod -> ended(pod, exitCode, ""), Action.PROVISION, 1);
      scene.volumeName = Optional.of(UID.volumeName());

      assertThat(step()).as("exit code %d", exitCode).isEqualTo(new Step.ConfirmVolume(UID));
    }
  }

  @Test
  void volumeDeletedBeforeTheClaimWasBoundIsMadeAgainWithAPodAsTheRecord() {
    scene.marked();
    scene.volume(v -> v.editMetadata().withDeletionTimestamp(START.toString()).endMetadata());
    Order order = launched();
    assertThat(order.action()).isEqualTo(Action.PROVISION);

    scene.pod(pod -> pod, Action.PROVISION, 1);
    assertThat(step()).isInstanceOf(Step.ReleaseVolume.class);

    scene.volumeSight = new Sight.Gone<>();
    scene.pods.set(0, ended(scene.pods.getFirst(), 0, ""));
    assertThat(launched().attempt()).isEqualTo(2);
  }

  @Test
  void volumeDeletedAfterTheClaimWasBoundIsLeftToTheClaim() {
    scene.marked();
    scene.volume(v ->
        v.editMetadata()
            .withDeletionTimestamp(START.toString())
            .endMetadata()
            .withNewStatus()
            .withPhase("Bound")
            .endStatus());

    assertThat(step()).as("the claim's news are late").isInstanceOf(Step.Rest.class);
    scene.pod(pod -> ended(pod, 0, ""), Action.PROVISION, 1);
    assertThat(step()).isInstanceOf(Step.FinishPod.class);
  }

  @Test
  void successWithoutVolumeIsAFailure() {
    scene.pod(pod -> ended(pod, 0, ""), Action.PROVISION, 1);
    scene.volumeSight = new Sight.Gone<>();

    assertThat(launchedAt(LONG).attempt()).isEqualTo(2);
    assertThat(tells().getFirst().message())
        .contains("exit code 0, but there is no PersistentVolume");
  }

  @Test
  void volumeThatIsNotWhatWasAskedForIsAFailureAndGetsNoMarks() {
    scene.pod(pod -> ended(pod, 0, ""), Action.PROVISION, 1);
    assertMismatch(
        v -> v.editSpec().withCapacity(Map.of("storage", new Quantity("9Mi"))).endSpec(),
        "less than the 10485760 bytes");
    assertMismatch(v -> v.editSpec().withStorageClassName("gold").endSpec(), "'gold'");
    assertMismatch(v -> v.editSpec().withAccessModes("ReadOnlyMany").endSpec(), "access modes");
    assertMismatch(v -> v.editSpec().withVolumeMode("Block").endSpec(), "volumeMode is Block");
    assertMismatch(
        v -> v.editSpec().editClaimRef().withUid("other").endClaimRef().endSpec(), "uid other");
  }

  @Test
  void failureIsToldAndTriedAgainAfterTheBackOffThatARestartKeeps() {
    scene.pod(pod -> ended(pod, 1, "array is busy"), Action.PROVISION, 1);
    Instant due = START.plusSeconds(1).plus(BACKOFF.after(UID.value(), 1));

    Plan early = planner.plan(scene.view(due.minusMillis(1)), due.minusMillis(1));
    assertThat(early.step()).isEqualTo(new Step.WaitUntil(due, "back-off"));
    assertThat(early.tells().getFirst().message())
        .startsWith("attempt 1 of 15 failed: array is busy (exit code 1); tried again after");
    assertThat(planner.plan(scene.view(due), due).step()).isInstanceOf(Step.Launch.class);
  }

  @Test
  void failedPodStaysUntilItsSuccessorExists() {
    scene.pod(pod -> ended(pod, 1, ""), Action.PROVISION, 1);
    scene.pod(pod -> pod, Action.PROVISION, 2);

    assertThat(step())
        .isInstanceOfSatisfying(
            Step.FinishPod.class, finish -> assertThat(finish.pod().attempt()).isEqualTo(1));
  }

  @Test
  void attemptsThatAreUsedUpAreToldAndRestUntilTheInputsChange() {
    scene.pod(pod -> ended(pod, 1, "no"), Action.PROVISION, 15);
    Plan plan = at(LONG);
    assertThat(plan.step()).isInstanceOf(Step.Rest.class);
    assertThat(plan.tells().getFirst().message()).startsWith("attempt 15 of 15 failed: no");

    scene.inForce = new InForce.One(definition(Map.of("zone", "z2")));
    Order order = launched();
    assertThat(order.attempt()).isEqualTo(16);
    assertThat(order.since()).isEqualTo(16);
  }

  @Test
  void changedConfigMapIsTriedAtOnce() {
    scene.pod(pod -> ended(pod, 1, "no"), Action.PROVISION, 5);
    scene.inForce = new InForce.One(definition(Map.of("zone", "z2")));

    assertThat(launchedAt(Duration.ofSeconds(1)).since()).isEqualTo(6);
  }

  @Test
  void finalEndingRestsUntilTheInputsChange() {
    scene.pod(pod -> ended(pod, 2, "no such zone"), Action.PROVISION, 1);
    Plan plan = at(LONG);
    assertThat(plan.step()).isInstanceOf(Step.Rest.class);
    assertThat(plan.tells().getFirst().message()).contains("can never work: no such zone");

    scene.inForce = new InForce.One(definition(Map.of("zone", "z2")));
    assertThat(launched().attempt()).isEqualTo(2);
  }

  @Test
  void rescheduleGivesTheNodeBackOnceAndThenWaitsForAnother() {
    scene.mode = BindingMode.WAIT_FOR_FIRST_CONSUMER;
    scene.node = Optional.of("node-1");
    scene.pod(pod -> ended(pod, 3, "no disk"), Action.PROVISION, 1);
    assertThat(step()).isInstanceOf(Step.GiveBackNode.class);

    scene.node = Optional.empty();
    assertThat(step()).isInstanceOf(Step.NoteNodeGivenBack.class);

    scene.nodeGivenBack = true;
    assertThat(step()).isInstanceOf(Step.Rest.class);

    scene.node = Optional.of("node-2");
    assertThat(launched().whereabouts().selected()).contains("node-2");
  }

  @Test
  void rescheduleWithoutAConsumerTriesElsewhere() {
    scene.pod(pod -> ended(pod, 3, "no disk"), Action.PROVISION, 1);

    assertThat(launched().whereabouts().shunned()).contains("node-1");
  }

  private void assertMismatch(UnaryOperator<PersistentVolumeBuilder> change, String words) {
    scene.volumeFacts = Optional.empty();
    scene.volume(change);
    Plan plan = at(Duration.ofSeconds(1));
    assertThat(plan.step()).isInstanceOf(Step.WaitUntil.class);
    assertThat(plan.tells().getFirst().message()).contains("is not what was asked for", words);
  }
}
