// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static storage.dory.provisioner.fakes.Samples.CLAIM;
import static storage.dory.provisioner.fakes.Samples.START;
import static storage.dory.provisioner.fakes.Samples.UID;
import static storage.dory.provisioner.fakes.Samples.deleted;
import static storage.dory.provisioner.fakes.Samples.ended;
import static storage.dory.provisioner.fakes.Samples.made;
import static storage.dory.provisioner.fakes.Samples.running;
import static storage.dory.provisioner.fakes.Samples.waiting;

import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import storage.dory.provisioner.podrun.Action;
import storage.dory.provisioner.podrun.Order;
import storage.dory.provisioner.podrun.RecordedOrder;
import storage.dory.provisioner.volume.Marks;

/** A claim that has gone: what its pods may have made is undone. */
class PlannerGoneClaimTest extends PlannerStage {

  @Test
  void claimThatIsNotInTheCacheIsConfirmedGoneBeforeAnythingIsUndone() {
    scene.pod(pod -> running(pod), Action.PROVISION, 1);
    scene.claimAway = Optional.of(new Sight.Unseen<>());

    assertThat(step()).isEqualTo(new Step.ConfirmClaim(CLAIM));
  }

  @Test
  void runningPodOfAGoneClaimIsStoppedAndWaitedFor() {
    scene.claimGone();
    scene.pod(pod -> running(pod), Action.PROVISION, 1);

    assertThat(at(Duration.ofSeconds(5)).step()).isInstanceOf(Step.StopPod.class);
  }

  @Test
  void youngPodOfWhichItsNodeHasNotSaidWhetherItRunsIsNotStoppedYet() {
    scene.claimGone();
    scene.pod(pod -> waiting(pod, "ContainerCreating", ""), Action.PROVISION, 1);

    assertThat(at(Duration.ofSeconds(1)).step())
        .isInstanceOfSatisfying(
            Step.WaitUntil.class, wait -> assertThat(wait.when()).isEqualTo(START.plusSeconds(30)));
    assertThat(at(Duration.ofSeconds(30)).step()).isInstanceOf(Step.StopPod.class);
    scene.pods.set(0, running(scene.pods.getFirst()));
    assertThat(at(Duration.ofSeconds(1)).step()).as("it runs").isInstanceOf(Step.StopPod.class);
  }

  @Test
  void podThatNeverRanLeavesNothingToUndo() {
    scene.claimGone();
    scene.volumeSight = new Sight.Gone<>();
    scene.pod(pod -> deleted(pod, START.plusSeconds(1)), Action.PROVISION, 1);

    assertThat(step()).isInstanceOf(Step.FinishPod.class);
  }

  @Test
  void podThatMayHaveRunIsUndoneAndFinishedOnlyWhenThatIsDone() {
    scene.claimGone();
    scene.pod(pod -> ended(pod, 1, ""), Action.PROVISION, 1);
    assertThat(step()).isEqualTo(new Step.ConfirmVolume(UID));

    scene.volumeSight = new Sight.Gone<>();
    assertThat(launched().action()).isEqualTo(Action.DELETE);

    scene.pod(pod -> ended(pod, 1, "in use"), Action.DELETE, 1);
    assertThat(launched().attempt()).isEqualTo(2);
    assertThat(tells().getFirst().kind()).isEqualTo(Tell.Kind.CLEANUP_FAILED);

    scene.pod(pod -> ended(pod, 0, ""), Action.DELETE, 2);
    assertThat(finished(Action.DELETE)).isEqualTo(1);
    scene.forget(Action.DELETE, 1);
    assertThat(finished(Action.PROVISION)).isEqualTo(1);
    scene.forget(Action.PROVISION, 1);
    assertThat(finished(Action.DELETE)).isEqualTo(2);
  }

  @Test
  void laterAttemptThatNeverRanIsUndoneForTheSakeOfTheEarlier() {
    scene.claimGone();
    scene.volumeSight = new Sight.Gone<>();
    scene.pod(pod -> deleted(pod, START.plusSeconds(1)), Action.PROVISION, 2);

    assertThat(launched().action()).isEqualTo(Action.DELETE);
  }

  @Test
  void attemptsOfWhichNoneEverRanLeaveNothingToUndo() {
    scene.pod(pod -> waiting(pod, "ErrImagePull", "no such image"), Action.PROVISION, 1);
    Order second =
        Orders.provision(
            scene.view(START.plusSeconds(5)),
            scene.facts(),
            (Orders.Basis.Usable) Orders.basis(scene.view(START), scene.facts()),
            2,
            1,
            Order.Whereabouts.any());
    assertThat(second.earlierRan()).isFalse();
    scene.pods.clear();
    scene.pods.add(
        new PodBuilder(deleted(waiting(made(second), "ErrImagePull", "no such image"), START))
            .editMetadata()
            .withDeletionGracePeriodSeconds(0L)
            .endMetadata()
            .build());
    scene.claimGone();
    scene.volumeSight = new Sight.Gone<>();

    assertThat(at(Duration.ofSeconds(5)).step()).isInstanceOf(Step.FinishPod.class);
  }

  @Test
  void podTakenAwayByForceWhileItsContainerWasMadeIsUndone() {
    scene.pod(
        pod ->
            new PodBuilder(deleted(waiting(pod, "ContainerCreating", ""), START))
                .editMetadata()
                .withDeletionGracePeriodSeconds(0L)
                .endMetadata()
                .build(),
        Action.PROVISION,
        1);
    scene.claimGone();
    scene.volumeSight = new Sight.Gone<>();

    assertThat(launched().action()).isEqualTo(Action.DELETE);
  }

  @Test
  void evictedPodOfWhichKubeletSaysNothingMoreIsUndone() {
    scene.pod(
        pod ->
            new PodBuilder(running(pod))
                .editStatus()
                .withPhase("Failed")
                .withReason("Evicted")
                .withContainerStatuses(List.of())
                .endStatus()
                .build(),
        Action.PROVISION,
        1);
    scene.claimGone();
    scene.volumeSight = new Sight.Gone<>();

    assertThat(launched().action()).isEqualTo(Action.DELETE);
  }

  @Test
  void podThatWasCutOffIsUndoneAtOnceAndOnceMoreWhenNothingOfItCanActAnyMore() {
    scene.claimGone();
    scene.volumeSight = new Sight.Gone<>();
    scene.pod(pod -> ended(pod, 137, ""), Action.PROVISION, 1);
    assertThat(launchedAt(Duration.ofSeconds(2)).attempt()).isEqualTo(1);
    scene.pod(pod -> ended(pod, 0, ""), Action.DELETE, 1);

    assertThat(at(Duration.ofSeconds(5)).step())
        .isEqualTo(new Step.WaitUntil(START.plusSeconds(121), "what was cut off may still act"));
    assertThat(at(Duration.ofSeconds(5)).tells())
        .singleElement()
        .satisfies(tell -> {
          assertThat(tell.kind()).isEqualTo(Tell.Kind.CLEANUP_WAITS);
          assertThat(tell.message()).contains(START.plusSeconds(121).toString(), "once more");
        });
    assertThat(launchedAt(Duration.ofSeconds(121)).podName())
        .isEqualTo("dory-delete-" + UID + "-2");
    scene.forget(Action.DELETE, 1);
    scene.pod(
        pod ->
            new PodBuilder(ended(pod, 0, ""))
                .editMetadata()
                .withCreationTimestamp(START.plusSeconds(121).toString())
                .endMetadata()
                .build(),
        Action.DELETE,
        2);
    assertThat(finished(Action.PROVISION)).isEqualTo(1);
  }

  @Test
  void podOnASilentNodeIsNotBelievedToHaveEndedBeforeItsDeadline() {
    scene.claimGone();
    scene.volumeSight = new Sight.Gone<>();
    scene.pod(pod -> deleted(running(pod), START.plusSeconds(5)), Action.PROVISION, 1);
    scene.pod(pod -> ended(pod, 0, ""), Action.DELETE, 1);

    // five minutes that it may run, one for kubelet, two for the storage system
    assertThat(at(Duration.ofSeconds(90)).step())
        .isEqualTo(new Step.WaitUntil(START.plusSeconds(480), "what was cut off may still act"));
  }

  @Test
  void attemptThatWasCutOffIsRememberedByTheNextAndByTheVolume() {
    Instant quiet = START.plusSeconds(121);
    scene.pod(pod -> ended(pod, 137, ""), Action.PROVISION, 1);
    Order second = launched();
    assertThat(second.straggling()).contains(quiet);

    scene.pods.set(0, ended(made(second), 0, ""));
    scene.volume(v -> v);
    assertThat(step())
        .isInstanceOfSatisfying(
            Step.Adopt.class,
            adopt ->
                assertThat(RecordedOrder.read(adopt.definition()).orElseThrow().stragglingUntil())
                    .contains(quiet));
    scene.marked();
    scene.volume(v -> v.withNewStatus().withPhase("Released").endStatus());
    scene.pods.clear();
    scene.claimGone();
    scene.pod(pod -> ended(pod, 0, ""), Action.DELETE, 1);
    assertThat(at(Duration.ofSeconds(60)).step()).isInstanceOf(Step.WaitUntil.class);
    assertThat(launched().attempt()).isEqualTo(2);
  }

  @Test
  void objectThatGoesWithoutOurFinalizerLeavesThePodAsTheRecord() {
    scene.pod(pod -> ended(pod, 0, ""), Action.PROVISION, 1);
    scene.volume(v ->
        v.editMetadata()
            .withDeletionTimestamp(START.toString())
            .withFinalizers("kubernetes.io/pv-protection")
            .endMetadata());
    assertThat(step()).isEqualTo(new Step.Rest("the volume object is going"));

    scene.claimGone();
    assertThat(step()).isInstanceOf(Step.WaitUntil.class);
    scene.volumeSight = new Sight.Gone<>();
    assertThat(launched().action()).isEqualTo(Action.DELETE);
  }

  @Test
  void undoThatNeverWorksNamesTheWayOutAndEndsWhenAnAdministratorTakesIt() {
    scene.pod(pod -> ended(pod, 1, "array is busy"), Action.PROVISION, 1);
    scene.pod(pod -> ended(pod, 2, "there is no such plugin"), Action.DELETE, 1);
    scene.claimGone();
    scene.volumeSight = new Sight.Gone<>();
    String name = "dory-delete-" + UID + "-1";
    assertThat(tells().getFirst().message())
        .contains("there is no such plugin")
        .endsWith("kubectl -n dory-system annotate pod " + name + " dory.storage/give-up=true");

    scene.pods.set(
        1,
        new PodBuilder(scene.pods.get(1))
            .editMetadata()
            .addToAnnotations(Marks.GIVE_UP, "true")
            .endMetadata()
            .build());
    Plan plan = at(LONG);
    assertThat(plan.step()).isInstanceOf(Step.FinishPod.class);
    assertThat(plan.tells().getFirst().message())
        .contains(UID.volumeName())
        .contains("may be left in the storage system");
    scene.pods.removeFirst();
    assertThat(finished(Action.DELETE)).isEqualTo(1);
  }

  @Test
  void volumeOfAGoneClaimIsMarkedSoThatItIsDeletedInTheUsualWay() {
    scene.claimGone();
    scene.pod(pod -> ended(pod, 0, ""), Action.PROVISION, 1);
    scene.volume(v -> v);
    assertThat(step()).isInstanceOf(Step.Adopt.class);

    scene.marked();
    assertThat(step()).isInstanceOf(Step.FinishPod.class);
  }

  @Test
  void undoNeverTouchesAVolumeThatIsAnothers() {
    scene.claimGone();
    scene.pod(pod -> ended(pod, 1, ""), Action.PROVISION, 1);
    scene.volume(v -> v.editSpec().editClaimRef().withUid("other").endClaimRef().endSpec());

    assertThat(step()).isInstanceOf(Step.Rest.class);
    assertThat(tells().getFirst().kind()).isEqualTo(Tell.Kind.DELETE_FAILED);
  }

  @Test
  void claimThatWasServedElsewhereIsTreatedAsOneThatHasGone() {
    scene.volumeName = Optional.of("by-hand");
    scene.volumeSight = new Sight.Gone<>();
    scene.pod(pod -> ended(pod, 1, ""), Action.PROVISION, 1);

    assertThat(launched().action()).isEqualTo(Action.DELETE);
  }
}
