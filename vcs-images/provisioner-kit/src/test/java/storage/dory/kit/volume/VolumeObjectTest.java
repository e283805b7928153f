// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit.volume;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import storage.dory.kit.request.ClaimReference;
import storage.dory.kit.request.Request.Provision;
import storage.dory.kit.request.SizeOption;
import storage.dory.plugin.VolumeName;

class VolumeObjectTest {
  @Test
  void globalVolumeIsTheClaimsAndNobodyElses() throws IOException {
    assertThat(new VolumeObject().of(request(Optional.empty(), Map.of()), Optional.empty()))
        .isEqualTo(
            new ObjectMapper()
                .readTree(
                    """
                    {"apiVersion":"v1","kind":"PersistentVolume",
                     "metadata":{"name":"pvc-1",
                       "annotations":
                         {"pv.kubernetes.io/provisioned-by":"dory.storage/flex-provisioner"},
                       "finalizers":["dory.storage/volume"]},
                     "spec":{"storageClassName":"silver","volumeMode":"Filesystem",
                       "persistentVolumeReclaimPolicy":"Retain",
                       "capacity":{"storage":"1048577"},
                       "accessModes":["ReadWriteOnce"],
                       "claimRef":{"apiVersion":"v1","kind":"PersistentVolumeClaim",
                         "namespace":"default","name":"claim","uid":"1-2-3"},
                       "flexVolume":{"driver":"dory.storage/rclone","fsType":"ext4",
                         "options":{"name":"pvc-1","dory.storage/create-volume":"false"}}}}
                    """));
  }

  @Test
  void localVolumeIsBoundToItsNode() {
    var volume = new VolumeObject().of(request(Optional.empty(), Map.of()), Optional.of("n1"));

    assertThat(
            volume
                .at("/spec/nodeAffinity/required/nodeSelectorTerms/0/matchExpressions/0")
                .toString())
        .isEqualTo("{\"key\":\"kubernetes.io/hostname\",\"operator\":\"In\",\"values\":[\"n1\"]}");
  }

  @Test
  void sizeIsSentInUnitsRoundedUp() {
    var size = Optional.of(new SizeOption("size", 1 << 20));

    assertThat(new CreateOptions().of(request(size, Map.of())))
        .containsExactly(Map.entry("size", "2"));
  }

  @Test
  void volumeNameIsPutIntoOptionsAndNothingElseIs() {
    var written = Map.of("remote", "d:${pv-name}/${pv-name}", "other", "${PATH} $pv-name");

    assertThat(new CreateOptions().of(request(Optional.empty(), written)))
        .containsExactly(
            Map.entry("other", "${PATH} $pv-name"), Map.entry("remote", "d:pvc-1/pvc-1"));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1024, 1Ki", "1536, 1536", "67108864, 64Mi", "1073741824, 1Gi"})
  void capacityIsWrittenInTheLargestUnitThatDividesIt(long bytes, String written) {
    var volume =
        new VolumeObject().of(request(bytes, Optional.empty(), Map.of()), Optional.empty());

    assertThat(volume.at("/spec/capacity/storage").asText()).isEqualTo(written);
  }

  private static Provision request(Optional<SizeOption> size, Map<String, String> options) {
    return request(1048577, size, options);
  }

  private static Provision request(
      long bytes, Optional<SizeOption> size, Map<String, String> options) {
    return new Provision(
        new VolumeName("pvc-1"),
        "rclone",
        new ClaimReference("default", "claim", "1-2-3"),
        bytes,
        List.of("ReadWriteOnce"),
        "silver",
        "Retain",
        Optional.of("ext4"),
        size,
        Optional.empty(),
        options);
  }
}
