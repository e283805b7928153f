// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.reseal;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import storage.dory.kubectl.Samples;
import storage.dory.provisioner.catalog.ConfigMapKey;
import storage.dory.provisioner.catalog.DefinitionParser;
import storage.dory.provisioner.catalog.Parsed;
import storage.dory.provisioner.catalog.ProvisionerDefinition;
import storage.dory.provisioner.catalog.RawDefinition;
import storage.dory.provisioner.identity.SealKey;
import storage.dory.provisioner.identity.VolumeSeal;
import storage.dory.provisioner.volume.Marks;

class RecordsTest {
  private static final SealKey KEY = new SealKey(new byte[SealKey.LENGTH]);

  private final Map<String, String> data =
      new TreeMap<>(
          Map.of(
              "image",
              "acme/provision:1",
              "service-account-name",
              "silver",
              "zone",
              "a",
              "array-password",
              "nobody may see it"));

  @Test
  void recordThatTheConfigMapOfTodayRepeatsIsVouchedForWhateverItsSecrets() {
    JudgedRecord judged = judged(Samples.recorded("pvc-u-1", "u-1"));

    assertThat(judged.vouching()).isEqualTo(new Vouching.Same());
    assertThat(judged.vouchedFor()).isTrue();
    assertThat(judged.sealed()).isFalse();
    assertThat(judged.canBeSealed()).isTrue();
  }

  @Test
  void whatTheConfigMapSaysOtherwiseIsNamedByItsKeys() {
    data.put("image", "acme/provision:2");
    data.put("zone", "b");
    data.put("provisioner.docker-plugin", "disc");
    data.put("provisioner.node-selector", "disc=fast");
    data.put("new", "property");

    assertThat(judged(Samples.recorded("pvc-u-1", "u-1")).vouching())
        .isEqualTo(
            new Vouching.Other(
                List.of(
                    "image",
                    "provisioner.node-selector",
                    "provisioner.docker-plugin",
                    "new",
                    "zone")));
  }

  @Test
  void whatTheClaimSetIsOnlyVouchedForWhenTheConfigMapLetsIt() {
    PersistentVolume volume = Samples.recorded("pvc-u-1", "u-1");
    volume
        .getMetadata()
        .getAnnotations()
        .computeIfPresent(
            Marks.DEFINITION,
            (_, text) -> text.replaceFirst("\\{", "{\"asked\":{\"tier\":\"1\"},"));

    assertThat(judged(volume).vouching())
        .isEqualTo(new Vouching.Other(List.of("tier of the claim")));
    data.put("provisioner.claim-properties", "tier");
    assertThat(judged(volume).vouching()).isEqualTo(new Vouching.Same());
  }

  @Test
  void withoutAGoodConfigMapNobodyVouches() {
    JudgedRecord judged =
        new Records(KEY, List.of()).of(Samples.recorded("pvc-u-1", "u-1")).orElseThrow();

    assertThat(judged.vouching()).isEqualTo(new Vouching.Unknown());
    assertThat(judged.vouchedFor()).isFalse();
    assertThat(judged.canBeSealed()).isTrue();
  }

  @Test
  void goodSealIsSeenAndRecordOfAnotherVolumeIsNeverSealed() {
    PersistentVolume volume = Samples.recorded("pvc-u-1", "u-1");
    Map<String, String> annotations = volume.getMetadata().getAnnotations();
    annotations.put(
        Marks.SEAL, VolumeSeal.of(KEY, "pvc-u-1", annotations.getOrDefault(Marks.DEFINITION, "")));

    assertThat(judged(volume).sealed()).isTrue();
    assertThat(judged(volume).canBeSealed()).isFalse();
    JudgedRecord other = judged(Samples.recorded("pvc-u-2", "u-1"));
    assertThat(other.order()).isEmpty();
    assertThat(other.canBeSealed()).isFalse();
  }

  @Test
  void volumeOfAnotherProvisionerOrWithoutRecordIsNoneOfIt() {
    PersistentVolume stranger = Samples.recorded("pvc-u-1", "u-1");
    stranger.getMetadata().getAnnotations().remove(Marks.PROVISIONED_BY);

    assertThat(new Records(KEY, List.of()).of(stranger)).isEmpty();
    assertThat(
            new Records(KEY, List.of()).of(Samples.volume("pvc-u-1", "u-1", "dory.storage/local")))
        .isEqualTo(Optional.empty());
  }

  private JudgedRecord judged(PersistentVolume volume) {
    return new Records(KEY, List.of(definition())).of(volume).orElseThrow();
  }

  private ProvisionerDefinition definition() {
    Parsed parsed =
        new DefinitionParser()
            .parse(new RawDefinition(new ConfigMapKey("dory-system", "silver"), "silver", data));
    if (parsed instanceof Parsed.Good(ProvisionerDefinition definition)) {
      return definition;
    }
    throw new AssertionError(parsed.toString());
  }
}
