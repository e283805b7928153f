// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.flex;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FlexOptionsTest {

  @Test
  void volumeIsNamedByTheOptionOfAnyCaseElseByThePv() {
    assertThat(options("Name", "mine", "kubernetes.io/pvOrVolumeName", "pv").volumeName())
        .contains("mine");
    assertThat(options("name", "", "kubernetes.io/pvOrVolumeName", "pv").volumeName())
        .contains("pv");
    assertThat(options("size", "1").volumeName()).isEmpty();
  }

  @Test
  void onlyRoIsReadOnly() {
    assertThat(options("kubernetes.io/readwrite", "ro").readOnly()).isTrue();
    assertThat(options("kubernetes.io/readwrite", "rw").readOnly()).isFalse();
    assertThat(options("size", "1").readOnly()).isFalse();
  }

  @Test
  void w24VolumesAreCreatedWithoutNameAndKubeletsOwnOptions() {
    FlexOptions options =
        new FlexOptions(Map.of("NAME", "v", "size", "5", "kubernetes.io/secret/k", "c2VjcmV0"));

    assertThat(options.forCreate(true, Optional.empty())).isEqualTo(Map.of("size", "5"));
    assertThat(options.forCreate(false, Optional.empty()))
        .containsOnlyKeys("size", "kubernetes.io/secret/k");
  }

  @Test
  void w5FsTypeIsPassedOnWhereThereIsAnOptionForIt() {
    FlexOptions options =
        new FlexOptions(Map.of("kubernetes.io/fsType", "xfs", "kubernetes.io/pod.uid", "u"));

    assertThat(options.forCreate(true, Optional.of("filesystem")))
        .isEqualTo(Map.of("filesystem", "xfs"));
    assertThat(options("kubernetes.io/fsType", "").forCreate(true, Optional.of("filesystem")))
        .isEmpty();
    assertThat(
            options("kubernetes.io/fsType", "xfs", "filesystem", "ext4")
                .forCreate(true, Optional.of("filesystem")))
        .isEqualTo(Map.of("filesystem", "ext4"));
  }

  @Test
  void secretsDoNotShowInText() {
    assertThat(options("kubernetes.io/secret/k", "c2VjcmV0").toString()).doesNotContain("c2Vj");
  }

  private static FlexOptions options(String... pairs) {
    return pairs.length == 2
        ? new FlexOptions(Map.of(pairs[0], pairs[1]))
        : new FlexOptions(Map.of(pairs[0], pairs[1], pairs[2], pairs[3]));
  }

  @Test
  void w22VolumeOfAProvisionerIsNotMadeAnewAndThePluginIsNotToldSo() {
    assertThat(new FlexOptions(Map.of("name", "v")).mayBeCreated()).isTrue();
    FlexOptions ofTheKit =
        new FlexOptions(Map.of("name", "v", "dory.storage/create-volume", "false", "a", "b"));

    assertThat(ofTheKit.mayBeCreated()).isFalse();
    assertThat(ofTheKit.forCreate(true, Optional.empty())).containsExactly(Map.entry("a", "b"));
  }

  @Test
  void groupIsReadByBothOfItsNames() {
    assertThat(new FlexOptions(Map.of("kubernetes.io/mounterArgs.FsGroup", "4711")).fsGroup())
        .contains(4711L);
    assertThat(new FlexOptions(Map.of("kubernetes.io/fsGroup", "4294967294")).fsGroup())
        .contains(4294967294L);
    assertThat(new FlexOptions(Map.of("kubernetes.io/fsGroup", "-1")).fsGroup()).isEmpty();
  }
}
