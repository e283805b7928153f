// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static storage.dory.provisioner.fakes.Samples.START;
import static storage.dory.provisioner.fakes.Samples.UID;
import static storage.dory.provisioner.fakes.Samples.definition;
import static storage.dory.provisioner.fakes.Samples.deleted;
import static storage.dory.provisioner.fakes.Samples.ended;
import static storage.dory.provisioner.fakes.Samples.pods;
import static storage.dory.provisioner.fakes.Samples.running;

import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.TopologySelectorLabelRequirement;
import io.fabric8.kubernetes.api.model.TopologySelectorTerm;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import storage.dory.provisioner.catalog.BindingMode;
import storage.dory.provisioner.catalog.InForce;
import storage.dory.provisioner.podrun.Action;

/** Where pods run, and what becomes of a selected node. */
class PlannerPlacingTest extends PlannerStage {

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
    scene.pod(PlannerPlacingTest::unschedulable, Action.PROVISION, 1);
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
}
