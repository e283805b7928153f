// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kernel's own word on changes of the mount table. */
class MountInfoIT {
  private static final long NO_FLAGS = 0;
  private static final long MS_REMOUNT_RDONLY = 32 | 1;
  private static final int UMOUNT_NOFOLLOW = 8;

  @TempDir private Path dir;

  @Test
  void everyMountRemountAndUnmountIsSeenAtTheNextLook() {
    assumeTrue("root".equals(System.getProperty("user.name")), "skipped: only root may mount");
    Syscalls calls = new Syscalls();
    try (MountInfo info = MountInfo.ofThisProcess(calls)) {
      assertThat(info.table().isMounted(dir)).isFalse();
      assumeTrue(
          calls.mount("none", dir.toString(), "tmpfs", NO_FLAGS) == 0,
          "skipped: no tmpfs can be mounted here");
      try {
        assertThat(info.table().isMounted(dir)).isTrue();
        assertThat(info.table().top(dir).orElseThrow().readOnly()).isFalse();
        assertThat(calls.mount("none", dir.toString(), "tmpfs", MS_REMOUNT_RDONLY)).isZero();
        assertThat(info.table().top(dir).orElseThrow().readOnly()).isTrue();
      } finally {
        assertThat(calls.umount2(dir.toString(), UMOUNT_NOFOLLOW)).isZero();
      }
      assertThat(info.table().isMounted(dir)).isFalse();
    }
  }
}
