// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static storage.dory.provisioner.fakes.Samples.START;
import static storage.dory.provisioner.fakes.Samples.UID;
import static storage.dory.provisioner.fakes.Samples.definition;
import static storage.dory.provisioner.fakes.Samples.ended;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import storage.dory.provisioner.catalog.InForce;
import storage.dory.provisioner.identity.Filer;
import storage.dory.provisioner.podrun.Action;
import storage.dory.provisioner.podrun.Order;
import storage.dory.provisioner.podrun.RecordedOrder;
import storage.dory.provisioner.volume.Bytes;
import storage.dory.provisioner.volume.Marks;

/** A released volume, and what its record may decide. */
class PlannerDeletionTest extends PlannerStage {

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
}
