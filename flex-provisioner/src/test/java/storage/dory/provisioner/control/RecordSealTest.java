// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import storage.dory.provisioner.identity.SealKey;
import storage.dory.provisioner.identity.Sealing;
import storage.dory.provisioner.volume.Marks;
import storage.dory.provisioner.volume.VolumeFacts;
import storage.dory.provisioner.volume.VolumeReader;

class RecordSealTest {
  private final RecordSeal seal = new RecordSeal(() -> new Sealing.On(key(1)));

  @Test
  void whatWasSealedIsBelieved() {
    assertThat(judged(seal, volume("pvc-1", "{}", sealed(seal, "pvc-1", "{}")))).isTrue();
  }

  @Test
  void changedRecordAndRecordOfAnotherVolumeAndOfAnotherKeyAndWithoutSealAreNot() {
    String good = sealed(seal, "pvc-1", "{}");

    assertThat(judged(seal, volume("pvc-1", "{ }", good))).isFalse();
    assertThat(judged(seal, volume("pvc-2", "{}", good))).isFalse();
    assertThat(judged(new RecordSeal(() -> new Sealing.On(key(2))), volume("pvc-1", "{}", good)))
        .isFalse();
    assertThat(judged(seal, volume("pvc-1", "{}", ""))).isFalse();
    assertThat(
            judged(
                seal,
                VolumeReader.read(
                    new PersistentVolumeBuilder()
                        .withNewMetadata()
                        .withName("pvc-1")
                        .withAnnotations(Map.of(Marks.DEFINITION, "{}"))
                        .endMetadata()
                        .build())))
        .isFalse();
  }

  @Test
  void keyThatIsNotReadYetIsWaitedForWhereItMatters() {
    RecordSeal early = new RecordSeal(Sealing.NotYet::new);

    assertThatThrownBy(() -> early.judged(volume("pvc-1", "{}", ""), true))
        .isInstanceOf(RecordSeal.NotYet.class);
    assertThatThrownBy(() -> early.of("pvc-1", "{}")).isInstanceOf(RecordSeal.NotYet.class);
    assertThat(early.judged(volume("pvc-1", "{}", ""), false).believed()).isFalse();
  }

  @Test
  void withoutAWebhookThereIsNoKeyAndAllIsBelieved() {
    assertThat(RecordSeal.off().of("pvc-1", "{}")).isEmpty();
    assertThat(judged(RecordSeal.off(), volume("pvc-1", "{}", ""))).isTrue();
  }

  private static String sealed(RecordSeal by, String volume, String definition) {
    return by.of(volume, definition).orElseThrow();
  }

  private static boolean judged(RecordSeal by, VolumeFacts volume) {
    return by.judged(volume, true).believed();
  }

  private static VolumeFacts volume(String name, String definition, String seal) {
    Map<String, String> annotations = new TreeMap<>();
    annotations.put(Marks.DEFINITION, definition);
    annotations.put(Marks.SEAL, seal);
    return VolumeReader.read(
        new PersistentVolumeBuilder()
            .withNewMetadata()
            .withName(name)
            .withAnnotations(annotations)
            .endMetadata()
            .build());
  }

  private static SealKey key(int of) {
    byte[] bytes = new byte[SealKey.LENGTH];
    bytes[0] = (byte) of;
    return new SealKey(bytes);
  }
}
