// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.claim;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.TypedLocalObjectReference;
import io.fabric8.kubernetes.api.model.TypedObjectReference;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import storage.dory.provisioner.volume.Bytes;

/** What a claim says, in the spellings of all Kubernetes versions. */
class ClaimReaderTest {

  @ParameterizedTest
  @CsvSource({
    "volume.beta.kubernetes.io/storage-provisioner, dory.storage/flex-provisioner, true",
    "volume.kubernetes.io/storage-provisioner,      dory.storage/flex-provisioner, true",
    "volume.beta.kubernetes.io/storage-provisioner, example.com/other,             false",
    "volume.kubernetes.io/storage-provisioner,      example.com/other,             false",
    "example.com/storage-provisioner,               dory.storage/flex-provisioner, false",
  })
  void claimIsOursWhenTheControllerManagerSaysSoInItsOldOrNewWords(
      String annotation, String provisioner, boolean ours) {
    ClaimFacts facts =
        read(claim -> claim.editMetadata().addToAnnotations(annotation, provisioner).endMetadata());

    assertThat(facts.handedToUs()).isEqualTo(ours);
  }

  @Test
  void claimThatNobodyHandedOverIsNotOurs() {
    assertThat(read(claim -> claim).handedToUs()).isFalse();
  }

  @Test
  void volumeModeThatIsNotSaidIsFilesystem() {
    assertThat(read(claim -> claim).volumeMode()).isEqualTo("Filesystem");
    assertThat(read(claim -> claim).refusal()).isEmpty();
  }

  @Test
  void sizeAndWhatTheClaimHasAreBytes() {
    ClaimFacts facts =
        read(claim ->
            claim
                .withNewStatus()
                .withPhase("Bound")
                .addToCapacity("storage", new Quantity("1500M"))
                .addNewCondition()
                .withType(ExpansionState.RESIZING)
                .withStatus("True")
                .endCondition()
                .endStatus());

    assertThat(facts.size()).contains(new Bytes(10 << 20));
    assertThat(facts.pending()).isFalse();
    assertThat(facts.capacity().bytes()).contains(new Bytes(1_500_000_000));
    assertThat(facts.capacity().has(ExpansionState.RESIZING)).isTrue();
  }

  @Test
  void sourceIsReadFromTheOldFieldAndFromTheNew() {
    TypedLocalObjectReference old =
        new TypedLocalObjectReference("snapshot.storage.k8s.io", "VolumeSnapshot", "s");
    TypedObjectReference now =
        new TypedObjectReference(null, "PersistentVolumeClaim", "c", "payroll");

    assertThat(read(claim -> claim.editSpec().withDataSource(old).endSpec()).dataSource())
        .contains(
            new DataSource("snapshot.storage.k8s.io", "VolumeSnapshot", "s", Optional.empty()));
    assertThat(read(claim -> claim.editSpec().withDataSourceRef(now).endSpec()).dataSource())
        .contains(new DataSource("", "PersistentVolumeClaim", "c", Optional.of("payroll")));
  }

  @Test
  void onlyAnnotationsOfOurPrefixAreProperties() {
    ClaimFacts facts =
        read(claim ->
            claim
                .editMetadata()
                .addToAnnotations(Map.of("dory.storage/tier", "fast", "example.com/tier", "slow"))
                .endMetadata());

    assertThat(facts.properties()).isEqualTo(Map.of("tier", "fast"));
  }

  private static ClaimFacts read(UnaryOperator<PersistentVolumeClaimBuilder> change) {
    PersistentVolumeClaimBuilder claim =
        new PersistentVolumeClaimBuilder()
            .withNewMetadata()
            .withName("data")
            .withNamespace("users")
            .withUid("u-1")
            .endMetadata()
            .withNewSpec()
            .withAccessModes("ReadWriteOnce")
            .withStorageClassName("silver")
            .withNewResources()
            .addToRequests("storage", new Quantity("10Mi"))
            .endResources()
            .endSpec();
    return ClaimReader.read(change.apply(claim).build());
  }
}
