// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static storage.dory.provisioner.fakes.Samples.CLAIM;
import static storage.dory.provisioner.fakes.Samples.START;
import static storage.dory.provisioner.fakes.Samples.UID;
import static storage.dory.provisioner.fakes.Samples.definition;
import static storage.dory.provisioner.fakes.Samples.deleted;
import static storage.dory.provisioner.fakes.Samples.ended;
import static storage.dory.provisioner.fakes.Samples.made;
import static storage.dory.provisioner.fakes.Samples.pods;
import static storage.dory.provisioner.fakes.Samples.running;
import static storage.dory.provisioner.fakes.Samples.waiting;

import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.TopologySelectorLabelRequirement;
import io.fabric8.kubernetes.api.model.TopologySelectorTerm;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import storage.dory.provisioner.catalog.BindingMode;
import storage.dory.provisioner.catalog.InForce;
import storage.dory.provisioner.catalog.PropertySize;
import storage.dory.provisioner.fakes.FakeControlPlane;
import storage.dory.provisioner.identity.Filer;
import storage.dory.provisioner.podrun.Action;
import storage.dory.provisioner.podrun.Order;
import storage.dory.provisioner.podrun.PodFacts;
import storage.dory.provisioner.podrun.PodReader;
import storage.dory.provisioner.podrun.PropertySet;
import storage.dory.provisioner.podrun.RecordedOrder;
import storage.dory.provisioner.reconcile.Backoff;
import storage.dory.provisioner.volume.Bytes;
import storage.dory.provisioner.volume.ClaimRef;
import storage.dory.provisioner.volume.ClaimUid;
import storage.dory.provisioner.volume.Marks;
import storage.dory.provisioner.volume.VolumeFacts;
import storage.dory.provisioner.volume.VolumeReader;

/** Every ending, and every point at which a provisioner may have been killed. */
class PlannerTest {
  private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5));
  private static final Duration LONG = Duration.ofHours(2);

  private final Planner planner = new Planner(BACKOFF);
  private final Scene scene = new Scene();

  // ---- what a claim may ask for

  @Test
  void snapshotReachesTheImageThatServesIt() {
    scene.define(Map.of("provisioner.data-sources", "snapshot"));
    scene.dataSource = Optional.of(snapshot("s"));

    assertThat(launched().asked())
        .isEqualTo(Map.of("data-source", "snapshot", "data-source-name", "s"));
  }

  @Test
  void sourceThatTheImageDoesNotServeIsRefusedAndNeverIgnored() {
    scene.define(Map.of("provisioner.data-sources", "claim"));
    for (DataSource source :
        List.of(
            snapshot("s"),
            new DataSource("", "ConfigMap", "s", Optional.empty()),
            new DataSource("example.com", "PersistentVolumeClaim", "s", Optional.empty()),
            new DataSource("example.com", "Backup", "s", Optional.empty()))) {
      scene.dataSource = Optional.of(source);
      assertThat(toldWithoutAPod()).contains("spec.dataSource (" + source + ") is not served");
    }
  }

  @Test
  void sourceInAnotherNamespaceIsRefused() {
    scene.define(Map.of("provisioner.data-sources", "claim,snapshot"));
    scene.dataSource =
        Optional.of(new DataSource("", "PersistentVolumeClaim", "c", Optional.of("payroll")));

    assertThat(toldWithoutAPod()).contains("in another namespace");
  }

  @Test
  void cloneWaitsForItsOriginalAndGetsItsVolumesName() {
    scene.define(Map.of("provisioner.data-sources", "claim"));
    scene.dataSource =
        Optional.of(new DataSource("", "PersistentVolumeClaim", "first", Optional.empty()));
    Plan plan = at(LONG);
    assertThat(plan.step()).isInstanceOf(Step.WaitUntil.class);
    assertThat(plan.tells().getFirst().message()).contains("claim first").contains("waiting");

    scene.original = Optional.of(original("silver", 5));
    assertThat(launched().asked())
        .isEqualTo(
            Map.of(
                "data-source", "claim",
                "data-source-name", "first",
                "data-source-pv-name", "pvc-first"));
    scene.original = Optional.of(original("gold", 5));
    assertThat(toldWithoutAPod()).contains("only a claim of the same class");
    scene.original = Optional.of(original("silver", 11));
    assertThat(toldWithoutAPod()).contains("a clone cannot be smaller");
  }

  @Test
  void claimSetsOnlyThePropertiesThatTheConfigMapNames() {
    scene.define(Map.of("provisioner.claim-properties", "tier", "tier", "slow"));
    scene.annotations = Map.of("tier", "fast", "zone", "stolen", "image", "evil");

    Order order = launched();
    assertThat(order.asked()).isEqualTo(Map.of("tier", "fast"));
    assertThat(PropertySet.of(order, "https://api").values())
        .containsEntry("tier", "fast")
        .containsEntry("zone", "z1")
        .doesNotContainKey("image");
  }

  @Test
  void changedAnnotationThatCountsIsTriedAtOnceAndAnyOtherIsNot() {
    scene.define(Map.of("provisioner.claim-properties", "tier"));
    scene.pod(pod -> ended(pod, 2, "no such tier"), Action.PROVISION, 1);
    scene.annotations = Map.of("note", "x");
    assertThat(step()).isInstanceOf(Step.Rest.class);

    scene.annotations = Map.of("tier", "fast");
    assertThat(launched().attempt()).isEqualTo(2);
  }

  @Test
  void classParameterThatOnlyTheProvisionerSetsIsRefusedWithItsName() {
    scene.parameters = Map.of("action", "delete", "zone", "z2");

    assertThat(toldWithoutAPod()).contains("only the provisioner sets").contains(": action;");
  }

  @Test
  void propertiesOfClassAndConfigMapTogetherMayNotBeTooMany() {
    scene.parameters = Map.of("certificates", "x".repeat(PropertySize.MOST));

    assertThat(toldWithoutAPod()).contains("the properties of class and claim all together have");
  }

  // ---- placing

  @Test
  void selectedNodeDecidesBetweenTwoConfigMapsOfOneClass() {
    scene.mode = BindingMode.WAIT_FOR_FIRST_CONSUMER;
    scene.inForce =
        new InForce.Several(
            List.of(
                definition(Map.of("provisioner.node-selector", "zone=west", "zone", "west")),
                definition(Map.of("provisioner.node-selector", "zone=east", "zone", "east"))));
    assertThat(step()).as("no node yet").isInstanceOf(Step.Rest.class);
    assertThat(tells()).isEmpty();

    scene.node = Optional.of("node-2");
    assertThat(step()).isEqualTo(new Step.ReadNode(UID, "node-2"));
    scene.nodeSight = new Sight.Seen<>(new NodeFacts("node-2", Map.of("zone", "east")));
    assertThat(launched().definition().properties()).containsEntry("zone", "east");

    scene.nodeSight = new Sight.Seen<>(new NodeFacts("node-2", Map.of("zone", "north")));
    assertThat(toldWithoutAPod())
        .contains("none wins by its provisioner.node-selector on node node-2");
  }

  @Test
  void selectedNodeThatHasGoneIsGivenBack() {
    scene.mode = BindingMode.WAIT_FOR_FIRST_CONSUMER;
    scene.node = Optional.of("node-2");
    scene.secretsGiven = true;
    scene.pod(PlannerTest::unschedulable, Action.PROVISION, 1);
    assertThat(step()).isEqualTo(new Step.ReadNode(UID, "node-2"));

    scene.nodeSight = new Sight.Seen<>(new NodeFacts("node-2", Map.of()));
    assertThat(at(Duration.ofSeconds(30)).step()).isInstanceOf(Step.WaitUntil.class);

    scene.nodeSight = new Sight.Gone<>();
    assertThat(step()).isInstanceOf(Step.StopPod.class);
    scene.forget(Action.PROVISION, 1);
    scene.pod(
        pod ->
            new PodBuilder(deleted(unschedulable(pod), START))
                .editMetadata()
                .withDeletionGracePeriodSeconds(0L)
                .endMetadata()
                .build(),
        Action.PROVISION,
        1);
    Plan plan = at(LONG);
    assertThat(plan.step()).isInstanceOf(Step.GiveBackNode.class);
    assertThat(plan.tells().getFirst().message())
        .startsWith("node node-2 has gone")
        .endsWith("the scheduler chooses again");
  }

  @Test
  void podRunsWhereTheClassAllowsVolumes() {
    scene.topologies =
        List.of(
            new TopologySelectorTerm(
                List.of(new TopologySelectorLabelRequirement("zone", List.of("a", "b")))));

    var required =
        pods()
            .pod(launched())
            .getSpec()
            .getAffinity()
            .getNodeAffinity()
            .getRequiredDuringSchedulingIgnoredDuringExecution();
    assertThat(required.getNodeSelectorTerms().getFirst().getMatchExpressions().getFirst())
        .isEqualTo(new NodeSelectorRequirement("zone", "In", List.of("a", "b")));
  }

  @Test
  void selectedNodeCountsAndNotWhatTheClassAllowsBesides() {
    scene.mode = BindingMode.WAIT_FOR_FIRST_CONSUMER;
    scene.node = Optional.of("node-2");
    scene.topologies =
        List.of(
            new TopologySelectorTerm(
                List.of(new TopologySelectorLabelRequirement("zone", List.of("a")))));

    var required =
        pods()
            .pod(launched())
            .getSpec()
            .getAffinity()
            .getNodeAffinity()
            .getRequiredDuringSchedulingIgnoredDuringExecution();
    assertThat(required.getNodeSelectorTerms()).hasSize(1);
    assertThat(required.getNodeSelectorTerms().getFirst().getMatchFields().getFirst().getValues())
        .containsExactly("node-2");
  }

  @Test
  void nodeIsKeptWhileThePodRunsAndAfterEveryEndingButReschedule() {
    scene.mode = BindingMode.WAIT_FOR_FIRST_CONSUMER;
    scene.node = Optional.of("node-2");
    scene.secretsGiven = true;
    scene.pod(pod -> running(pod), Action.PROVISION, 1);
    assertThat(at(Duration.ofSeconds(2)).step()).isInstanceOf(Step.WaitUntil.class);
    for (int exitCode : new int[] {0, 1, 2}) {
      scene.pods.clear();
      scene.volumeSight = new Sight.Gone<>();
      scene.pod(pod -> ended(pod, exitCode, ""), Action.PROVISION, 1);
      assertThat(step()).as("exit code " + exitCode).isNotInstanceOf(Step.GiveBackNode.class);
    }
  }

  @Test
  void volumeThatIsToBeRecycledIsNeverDeleted() {
    scene.volume(v -> v.editSpec().withPersistentVolumeReclaimPolicy("Recycle").endSpec());
    scene.marked();
    scene.volume(v -> v.withNewStatus().withPhase("Released").endStatus());
    scene.claimGone();

    assertThat(step()).isInstanceOf(Step.Rest.class);
  }

  @Test
  void volumeThatIsGoingGetsNoFinalizerAnyMore() {
    scene.pod(pod -> ended(pod, 0, ""), Action.PROVISION, 1);
    scene.marked();
    scene.volume(v ->
        v.editMetadata().withDeletionTimestamp(START.toString()).withFinalizers().endMetadata());

    assertThat(step()).isNotInstanceOf(Step.Adopt.class);
  }

  @Test
  void attemptAfterAFailureAndItsUndoPreferTheNodeThatMayHaveTheVolume() {
    scene.pod(pod -> ended(pod, 1, "array is busy"), Action.PROVISION, 1);
    assertThat(launched().whereabouts().preferred()).contains("node-1");

    scene.claimGone();
    scene.volumeSight = new Sight.Gone<>();
    assertThat(launched().action()).isEqualTo(Action.DELETE);
    assertThat(launched().whereabouts().preferred()).contains("node-1");
  }

  // ---- a claim that waits

  @Test
  void claimThatWaitsGetsItsFirstPod() {
    Order order = launched();

    assertThat(order.action()).isEqualTo(Action.PROVISION);
    assertThat(order.attempt()).isEqualTo(1);
    assertThat(order.claim()).isEqualTo(CLAIM);
    assertThat(order.reclaimPolicy()).isEqualTo("Delete");
  }

  @Test
  void claimThatNobodyHandedToUsIsLeftAlone() {
    scene.handedToUs = false;

    assertThat(step()).isInstanceOf(Step.Rest.class);
    assertThat(tells()).isEmpty();
  }

  @Test
  void claimOfAnotherProvisionersClassIsLeftAlone() {
    scene.provisioner = "example.com/other";

    assertThat(step()).isInstanceOf(Step.Rest.class);
    assertThat(tells()).isEmpty();
  }

  @Test
  void claimThatWaitsForAConsumerGetsNoPodBeforeItHasANode() {
    scene.mode = BindingMode.WAIT_FOR_FIRST_CONSUMER;
    assertThat(step()).isInstanceOf(Step.Rest.class);

    scene.node = Optional.of("node-2");
    assertThat(launched().whereabouts().selected()).contains("node-2");
  }

  @Test
  void claimThatCannotBeServedIsToldWhyAndGetsNoPod() {
    scene.volumeMode = "Block";
    assertThat(toldWithoutAPod()).contains("volumeMode Block");
    scene.volumeMode = "Filesystem";
    scene.size = Optional.empty();
    assertThat(toldWithoutAPod()).contains("spec.resources.requests.storage");
    scene.size = Optional.of(new Bytes(10 << 20));
    scene.selector = true;
    assertThat(toldWithoutAPod()).contains("spec.selector");
    scene.selector = false;
    scene.dataSource = Optional.of(snapshot("s"));
    assertThat(toldWithoutAPod()).contains("spec.dataSource (VolumeSnapshot s)");
  }

  @Test
  void classWithoutConfigMapOrWithTwoIsTold() {
    scene.inForce = new InForce.None();
    assertThat(toldWithoutAPod()).contains("no good provisioner ConfigMap serves class silver");
    scene.inForce =
        new InForce.Several(List.of(definition(Map.of()), definition(Map.of("zone", "z2"))));
    assertThat(toldWithoutAPod()).contains("several ConfigMaps serve class silver");
  }

  @Test
  void classParameterThatCannotBeAFileIsTold() {
    scene.parameters = Map.of("a/b", "x");

    assertThat(toldWithoutAPod()).contains("a/b");
  }

  @Test
  void classParametersOverrideTheConfigMap() {
    scene.parameters = Map.of("zone", "z9", "extra", "1");

    assertThat(launched().definition().properties())
        .containsEntry("zone", "z9")
        .containsEntry("extra", "1");
  }

  @Test
  void volumeOfThatNameThatIsAnothersIsNeverAdopted() {
    scene.volume(v -> v.editSpec().editClaimRef().withUid("other").endClaimRef().endSpec());

    assertThat(toldWithoutAPod()).contains("is not of this claim");
  }

  @Test
  void claimThatHasItsVolumeIsDoneWhateverThePodSaid() {
    for (int exitCode : new int[] {1, 2, 3}) {
      scene.pods.clear();
      scene.pod(pod -> ended(pod, exitCode, "too late"), Action.PROVISION, 1);
      scene.volume(v -> v);
      scene.marked();
      scene.volumeName = Optional.empty();
      assertThat(step()).isNotInstanceOf(Step.FinishPod.class);

      scene.volumeName = Optional.of(UID.volumeName());

      assertThat(step()).isInstanceOf(Step.FinishPod.class);
      assertThat(tells()).extracting(Tell::kind).containsExactly(Tell.Kind.SUCCEEDED);
    }
  }

  // ---- a pod that has not ended

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

  // ---- a pod that ended

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

  // ---- a claim that has gone

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

  // ---- deletion

  @Test
  void releasedVolumeIsDeletedByAPodThenTheObjectThenTheFinalizerThenThePod() {
    scene.claimGone();
    scene.volume(v -> v.withNewStatus().withPhase("Released").endStatus());
    scene.marked();
    Order order = launched();
    assertThat(order.action()).isEqualTo(Action.DELETE);
    assertThat(order.wish().size()).isEqualTo(new Bytes(10 << 20));

    scene.pod(pod -> ended(pod, 0, ""), Action.DELETE, 1);
    assertThat(step()).isInstanceOf(Step.DeleteVolume.class);

    scene.volume(v -> v.editMetadata().withDeletionTimestamp(START.toString()).endMetadata());
    assertThat(step()).isInstanceOf(Step.ReleaseVolume.class);

    scene.volumeSight = new Sight.Gone<>();
    assertThat(finished(Action.DELETE)).isEqualTo(1);
  }

  @Test
  void boundVolumeAndVolumeOfALivingClaimAreLeftAlone() {
    scene.volumeName = Optional.of(UID.volumeName());
    scene.volume(v -> v.withNewStatus().withPhase("Released").endStatus());
    scene.marked();
    assertThat(step()).isInstanceOf(Step.Rest.class);

    scene.claimGone();
    scene.volume(v -> v.withNewStatus().withPhase("Bound").endStatus());
    assertThat(step()).isInstanceOf(Step.Rest.class);
  }

  @Test
  void retainedVolumeIsOnlyLetGo() {
    scene.claimGone();
    scene.volume(v ->
        v.editSpec()
            .withPersistentVolumeReclaimPolicy("Retain")
            .endSpec()
            .withNewStatus()
            .withPhase("Released")
            .endStatus());
    scene.marked();
    assertThat(step()).isInstanceOf(Step.Rest.class);

    scene.volume(v -> v.editMetadata().withDeletionTimestamp(START.toString()).endMetadata());
    assertThat(step()).isInstanceOf(Step.ReleaseVolume.class);
  }

  @Test
  void volumeThatWeDidNotMakeIsNeverDeleted() {
    scene.claimGone();
    scene.volume(v -> v.withNewStatus().withPhase("Released").endStatus());

    assertThat(step()).isInstanceOf(Step.Rest.class);
  }

  @Test
  void deletionWorksWithoutConfigMapAndClass() {
    scene.claimGone();
    scene.volume(v -> v.withNewStatus().withPhase("Released").endStatus());
    scene.marked();
    scene.inForce = new InForce.None();
    scene.noClass = true;

    Order order = launched();
    assertThat(order.definition().image()).isEqualTo("example/provision:1");
    assertThat(order.definition().properties()).containsEntry("zone", "z1");
    assertThat(order.namespace()).isEqualTo("dory-system");
  }

  @Test
  void recordThatDoesNotBearOurSealChoosesNeitherImageNorAccountNorUser() {
    scene.claimGone();
    scene.believed = false;
    scene.volume(v -> v.withNewStatus().withPhase("Released").endStatus());
    scene.marked();
    scene.volume(v ->
        v.editMetadata()
            .addToAnnotations(
                Marks.DEFINITION,
                RecordedOrder.of(
                        scene
                            .order(Action.PROVISION, 1)
                            .filedBy(Optional.of(new Filer("root", List.of()))))
                    .text()
                    .replace(definition(Map.of()).image(), "evil/image:1"))
            .endMetadata());

    assertThat(launched().definition().image()).isEqualTo(definition(Map.of()).image());
    assertThat(launched().filer()).isEmpty();
    scene.inForce = new InForce.None();
    assertThat(step()).isInstanceOf(Step.Rest.class);
    assertThat(tells().getFirst().kind()).isEqualTo(Tell.Kind.DELETE_FAILED);
    assertThat(tells().getFirst().message()).contains("does not bear our seal");

    scene.believed = true;
    scene.volume(v -> v);
    assertThat(launched().definition().image()).as("what was sealed").isEqualTo("evil/image:1");
  }

  @Test
  void volumeWhoseRecordIsNotSealedIsSealedWhileItsPodIsThere() {
    scene.believed = false;
    scene.pod(pod -> ended(pod, 0, ""), Action.PROVISION, 1);
    scene.volume(v -> v);
    scene.marked();

    assertThat(step()).isInstanceOf(Step.Adopt.class);
  }

  @Test
  void volumeCarriesNoPropertyThatIsASecret() {
    scene.define(Map.of("array-password", "hunter22", "zone", "z1"));
    scene.pod(pod -> ended(pod, 0, ""), Action.PROVISION, 1);
    scene.volume(v -> v);

    assertThat(step())
        .isInstanceOfSatisfying(
            Step.Adopt.class,
            adopt -> assertThat(adopt.definition()).contains("zone").doesNotContain("hunter22"));
    assertThat(scene.pods.getFirst().getMetadata().getAnnotations().get(Marks.DEFINITION))
        .contains("hunter22");
  }

  @Test
  void deletionGoesToThePluginThatMadeTheVolume() {
    scene.inForce = new InForce.One(definition(Map.of("provisioner.docker-plugin", "one")));
    scene.claimGone();
    scene.volume(v -> v.withNewStatus().withPhase("Released").endStatus());
    scene.marked();
    scene.inForce = new InForce.One(definition(Map.of("provisioner.docker-plugin", "two")));

    assertThat(launched().definition().dockerPlugin()).contains("one");
  }

  @Test
  void recordThatNamesANamespaceNobodyTrustsRunsNothingThere() {
    scene.claimGone();
    scene.volume(v -> v.withNewStatus().withPhase("Released").endStatus());
    scene.marked();
    scene.inForce = new InForce.None();
    scene.trusted = Set.of("elsewhere");

    assertThat(step()).isInstanceOf(Step.Rest.class);
    assertThat(tells().getFirst().kind()).isEqualTo(Tell.Kind.DELETE_FAILED);
  }

  @Test
  void failedDeletionIsTriedForEver() {
    scene.claimGone();
    scene.volume(v -> v.withNewStatus().withPhase("Released").endStatus());
    scene.marked();
    scene.pod(pod -> ended(pod, 2, "in use"), Action.DELETE, 400);

    assertThat(launched().attempt()).isEqualTo(401);
    assertThat(tells().getFirst().message()).contains("in use");
  }

  private void assertMismatch(UnaryOperator<PersistentVolumeBuilder> change, String words) {
    scene.volumeFacts = Optional.empty();
    scene.volume(change);
    Plan plan = at(Duration.ofSeconds(1));
    assertThat(plan.step()).isInstanceOf(Step.WaitUntil.class);
    assertThat(plan.tells().getFirst().message()).contains("is not what was asked for", words);
  }

  private static Pod unschedulable(Pod pod) {
    return new PodBuilder(pod)
        .editStatus()
        .addNewCondition()
        .withType("PodScheduled")
        .withStatus("False")
        .withMessage("0/3 nodes are available")
        .endCondition()
        .endStatus()
        .build();
  }

  private static ClaimFacts original(String storageClass, int mebibytes) {
    return new ClaimFacts(
        new ClaimRef("users", "first", new ClaimUid("first")),
        false,
        false,
        true,
        Optional.of("pvc-first"),
        Optional.of(storageClass),
        Optional.empty(),
        Optional.empty(),
        "",
        new ClaimCapacity(Optional.of(new Bytes((long) mebibytes << 20)), List.of()),
        List.of(),
        "Filesystem",
        false,
        Optional.empty(),
        Map.of(),
        "1");
  }

  private static DataSource snapshot(String name) {
    return new DataSource("snapshot.storage.k8s.io", "VolumeSnapshot", name, Optional.empty());
  }

  private Plan at(Duration after) {
    Instant now = START.plus(after);
    return planner.plan(scene.view(now), now);
  }

  private Step step() {
    return at(LONG).step();
  }

  private List<Tell> tells() {
    return at(LONG).tells();
  }

  private String toldWithoutAPod() {
    Plan plan = at(LONG);
    assertThat(plan.step()).isInstanceOf(Step.Rest.class);
    assertThat(plan.tells()).hasSize(1);
    assertThat(plan.tells().getFirst().kind()).isEqualTo(Tell.Kind.FAILED);
    return plan.tells().getFirst().message();
  }

  private Order launched() {
    return launchedAt(LONG);
  }

  private Order launchedAt(Duration after) {
    Step step = at(after).step();
    assertThat(step).isInstanceOf(Step.Launch.class);
    return ((Step.Launch) step).order();
  }

  private int finished(Action action) {
    Step step = step();
    assertThat(step).isInstanceOf(Step.FinishPod.class);
    PodFacts pod = ((Step.FinishPod) step).pod();
    assertThat(pod.action()).isEqualTo(action);
    return pod.attempt();
  }

  /** What the cluster shows, changed step by step. */
  private static final class Scene {
    private boolean handedToUs = true;
    private String provisioner = Marks.PROVISIONER;
    private BindingMode mode = BindingMode.IMMEDIATE;
    private Optional<String> node = Optional.empty();
    private String volumeMode = "Filesystem";
    private Optional<Bytes> size = Optional.of(new Bytes(10 << 20));
    private ClaimCapacity capacity = ClaimCapacity.unknown();
    private boolean selector;
    private boolean believed = true;
    private Optional<DataSource> dataSource = Optional.empty();
    private Map<String, String> annotations = Map.of();
    private Optional<ClaimFacts> original = Optional.empty();
    private Sight<NodeFacts> nodeSight = new Sight.Unseen<>();
    private Optional<String> volumeName = Optional.empty();
    private InForce inForce = new InForce.One(definition(Map.of()));
    private Map<String, String> parameters = Map.of();
    private List<TopologySelectorTerm> topologies = List.of();
    private boolean noClass;
    private boolean secretsGiven;
    private boolean nodeGivenBack;
    private Set<String> trusted = Set.of("dory-system");
    private Optional<Sight<ClaimFacts>> claimAway = Optional.empty();
    private Sight<VolumeFacts> volumeSight = new Sight.Unseen<>();
    private Optional<PersistentVolume> volumeFacts = Optional.empty();
    private final List<Pod> pods = new ArrayList<>();

    private void define(Map<String, String> more) {
      inForce = new InForce.One(definition(more));
    }

    private void claimGone() {
      claimAway = Optional.of(new Sight.Gone<>());
    }

    private void pod(UnaryOperator<Pod> state, Action action, int attempt) {
      pods.add(state.apply(made(order(action, attempt))));
    }

    private void forget(Action action, int attempt) {
      pods.removeIf(pod -> pod.getMetadata().getName().equals(order(action, attempt).podName()));
    }

    /** An order as the planner itself makes it, so that its inputs are the current ones. */
    private Order order(Action action, int attempt) {
      ClassFacts storageClass = storageClass();
      View view = view(List.of());
      if (action == Action.PROVISION
          && Orders.basis(view, facts()) instanceof Orders.Basis.Usable basis) {
        return Orders.provision(view, facts(), basis, attempt, 1, Orders.where(view, facts()));
      }
      return new Order(
          action,
          attempt,
          attempt,
          CLAIM,
          storage.dory.provisioner.fakes.Samples.wish(),
          "Delete",
          Order.Whereabouts.any(),
          Inputs.of(storageClass.over(definition(Map.of()))),
          Map.of(),
          attempt > 1,
          definition(Map.of()));
    }

    private void volume(UnaryOperator<PersistentVolumeBuilder> change) {
      PersistentVolume base =
          volumeFacts.orElseGet(() ->
              new PersistentVolumeBuilder(
                      FakeControlPlane.volume(
                          Map.of(
                              "pv-name", UID.volumeName(),
                              "access-modes", "ReadWriteOnce",
                              "size", "10Mi",
                              "storage-class", "silver",
                              "reclaim-policy", "Delete",
                              "pvc-name", "data",
                              "pvc-namespace", "users",
                              "pvc-uid", UID.value())))
                  .build());
      PersistentVolume changed = change.apply(new PersistentVolumeBuilder(base)).build();
      volumeFacts = Optional.of(changed);
      volumeSight = new Sight.Seen<>(VolumeReader.read(changed).believed(believed));
    }

    /** Puts our marks on the volume, as adopting does. */
    private void marked() {
      String record =
          pods.stream()
              .map(pod -> pod.getMetadata().getAnnotations().getOrDefault(Marks.DEFINITION, ""))
              .findFirst()
              .orElseGet(() -> RecordedOrder.of(order(Action.PROVISION, 1)).text());
      volume(v ->
          v.editMetadata()
              .withFinalizers(Marks.VOLUME_FINALIZER)
              .withAnnotations(
                  Map.of(Marks.PROVISIONED_BY, Marks.PROVISIONER, Marks.DEFINITION, record))
              .endMetadata());
    }

    private ClassFacts storageClass() {
      return new ClassFacts("silver", provisioner, mode, "Delete", parameters, topologies);
    }

    private ClaimFacts facts() {
      return new ClaimFacts(
          CLAIM,
          volumeName.isEmpty(),
          false,
          handedToUs,
          volumeName,
          Optional.of("silver"),
          node,
          size,
          "",
          capacity,
          List.of("ReadWriteOnce"),
          volumeMode,
          selector,
          dataSource,
          annotations,
          "3");
    }

    private View view(Instant now) {
      return view(
          pods.stream()
              .map(pod -> nodeGivenBack ? noted(pod) : pod)
              .map(pod -> PodReader.read(pod, now).orElseThrow())
              .toList());
    }

    private static Pod noted(Pod pod) {
      return new PodBuilder(pod)
          .editMetadata()
          .addToAnnotations(Marks.NODE_GIVEN_BACK, "true")
          .endMetadata()
          .build();
    }

    private View view(List<PodFacts> facts) {
      Set<String> given = new HashSet<>();
      if (secretsGiven) {
        facts.forEach(pod -> given.add(pod.objectUid()));
      }
      return new View(
          new ClaimUid(UID.value()),
          claimAway.orElseGet(() -> new Sight.Seen<>(facts())),
          volumeSight,
          original,
          nodeSight,
          facts,
          noClass ? Optional.empty() : Optional.of(storageClass()),
          inForce,
          trusted,
          given);
    }
  }
}
