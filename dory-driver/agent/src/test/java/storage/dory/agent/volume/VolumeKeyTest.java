// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import storage.dory.plugin.VolumeName;

class VolumeKeyTest {
  private static final VolumeName ONE = new VolumeName("one");
  private static final VolumeName OTHER = new VolumeName("other");

  @Test
  void volumesOfAPluginAreCalledForSideBySide() {
    Path socket = Path.of("/run/docker/plugins/tape.sock");

    assertThat(VolumeKey.of(socket, ONE)).isNotEqualTo(VolumeKey.of(socket, OTHER));
    assertThat(VolumeKey.of(socket, ONE)).isEqualTo(VolumeKey.of(socket, ONE));
  }

  @Test
  void rcloneWhichLocksItselfUpIsCalledOnceAtATime() {
    Path socket = Path.of("/run/docker/plugins/rclone.sock");

    assertThat(VolumeKey.of(socket, ONE)).isEqualTo(VolumeKey.of(socket, OTHER));
    assertThat(VolumeKey.of(socket, ONE))
        .isNotEqualTo(VolumeKey.of(Path.of("/run/docker/plugins/rclone-s3.sock"), ONE));
  }
}
