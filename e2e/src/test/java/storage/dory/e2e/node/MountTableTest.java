// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MountTableTest {
  private static final MountTable TABLE =
      MountTable.parse(
          """
          22 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw
          30 22 0:25 / /mnt/a\\040b rw,relatime - fuse.rclone remote rw
          31 22 0:26 / /mnt/a rw master:3 - tmpfs tmpfs rw
          half a line
          """);

  @Test
  void escapedBlankIsPartOfThePath() {
    assertThat(TABLE.isMountPoint(Path.of("/mnt/a b"))).isTrue();
  }

  @Test
  void directoryBesideOneOfTheSameBeginningIsNotBelowIt() {
    assertThat(TABLE.below(Path.of("/mnt/a")))
        .extracting(MountTable.Mount::type)
        .containsExactly("tmpfs");
  }

  @Test
  void lineOfAnotherFormIsLeftOut() {
    assertThat(TABLE.mounts()).hasSize(3);
  }
}
