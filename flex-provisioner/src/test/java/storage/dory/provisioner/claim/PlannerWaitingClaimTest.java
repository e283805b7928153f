// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static storage.dory.provisioner.fakes.Samples.CLAIM;
import static storage.dory.provisioner.fakes.Samples.UID;
import static storage.dory.provisioner.fakes.Samples.definition;
import static storage.dory.provisioner.fakes.Samples.ended;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import storage.dory.provisioner.catalog.BindingMode;
import storage.dory.provisioner.catalog.InForce;
import storage.dory.provisioner.podrun.Action;
import storage.dory.provisioner.podrun.Order;
import storage.dory.provisioner.volume.Bytes;

/** A claim that has no pod yet. */
class PlannerWaitingClaimTest extends PlannerStage {

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
}
