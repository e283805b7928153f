// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.flex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetDirectoryTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/var/lib/kubelet/pods/u-1/volumes/dory.storage~rclone/pvc-1",
        "/var/snap/microk8s/common/var/lib/kubelet/pods/u-1/volumes/a~b/pvc-1",
        "/var/lib/origin/openshift.local.volumes/pods/u-1/volumes/hpe~nimble/pvc-1",
        "/k/pods/u-1/volumes/without-vendor/pvc-1",
        "/pods/u-1/volumes/~b/pvc-1"
      })
  void w6AnyKubeletRootServes(String path) {
    TargetDirectory target = new TargetDirectory(Path.of(path));

    assertThat(target.podUid()).isEqualTo("u-1");
    assertThat(target.volume()).isEqualTo("pvc-1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "/etc",
        "pods/u-1/volumes/a~b/pvc-1",
        "/k/pods/u-1/volumes/a~b/../pvc-1",
        "/k/pods/u-1/volumes/a~b/./pvc-1",
        "/k/pods/u-1/volumes/a~b/..",
        "/k/pods/u-1/volumes/a~b",
        "/k/pods/u-1/volumes/a~b/pvc-1/inside",
        "/k/pods/u 1/volumes/a~b/pvc-1",
        "/k/pods/u-1/volume-subpaths/a~b/pvc-1"
      })
  void nothingElseIsATarget(String path) {
    assertThatIllegalArgumentException().isThrownBy(() -> new TargetDirectory(Path.of(path)));
  }

  @Test
  void ofNestedPodsTheInnermostCounts() {
    Path path = Path.of("/pods/a/volumes/x~y/z/pods/u-1/volumes/a~b/pvc-1");

    assertThat(new TargetDirectory(path).podUid()).isEqualTo("u-1");
  }
}
