// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.fabric8.kubernetes.api.model.storage.StorageClassBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

class BinderRulesTest {
  private static final StorageClass AT_ONCE =
      new StorageClassBuilder()
          .withNewMetadata()
          .withName("fast")
          .endMetadata()
          .withProvisioner("dory.storage/flex-provisioner")
          .withVolumeBindingMode("Immediate")
          .build();

  private final BinderRules rules = new BinderRules();

  @Test
  void pendingClaimOfAClassIsHandedToItsProvisioner() {
    assertThat(rules.due(state(List.of(claim("Pending")), List.of())))
        .singleElement()
        .isInstanceOfSatisfying(
            Correction.NameProvisioner.class,
            due -> assertThat(due.provisioner()).isEqualTo("dory.storage/flex-provisioner"));
  }

  @Test
  void volumeForTheClaimIsBound() {
    assertThat(rules.due(state(List.of(claim("Pending")), List.of(volume("u", "16Mi", null)))))
        .anyMatch(Correction.Bind.class::isInstance);
  }

  @Test
  void volumeThatIsTooSmallIsNotBound() {
    assertThat(rules.due(state(List.of(claim("Pending")), List.of(volume("u", "15Mi", null)))))
        .noneMatch(Correction.Bind.class::isInstance);
  }

  @Test
  void volumeOfAClaimOfTheSameNameButAnotherUidIsReleased() {
    assertThat(
            rules.due(state(List.of(claim("Pending")), List.of(volume("other", "16Mi", "Bound")))))
        .anyMatch(Correction.Release.class::isInstance)
        .noneMatch(Correction.Bind.class::isInstance);
  }

  private static ClusterState state(
      List<PersistentVolumeClaim> claims, List<PersistentVolume> volumes) {
    return new ClusterState(claims, volumes, List.of(AT_ONCE), List.of(), List.of());
  }

  private static PersistentVolumeClaim claim(String phase) {
    return new PersistentVolumeClaimBuilder()
        .withNewMetadata()
        .withNamespace("n")
        .withName("c")
        .withUid("u")
        .endMetadata()
        .withNewSpec()
        .withStorageClassName("fast")
        .withAccessModes("ReadWriteOnce")
        .withNewResources()
        .addToRequests("storage", new Quantity("16Mi"))
        .endResources()
        .endSpec()
        .withNewStatus()
        .withPhase(phase)
        .endStatus()
        .build();
  }

  private static PersistentVolume volume(
      String claimUid, String size, @org.jspecify.annotations.Nullable String phase) {
    return new PersistentVolumeBuilder()
        .withNewMetadata()
        .withName("pvc-u")
        .endMetadata()
        .withNewSpec()
        .withStorageClassName("fast")
        .withAccessModes("ReadWriteOnce")
        .addToCapacity("storage", new Quantity(size))
        .withNewClaimRef()
        .withNamespace("n")
        .withName("c")
        .withUid(claimUid)
        .endClaimRef()
        .endSpec()
        .withNewStatus()
        .withPhase(phase)
        .endStatus()
        .build();
  }
}
