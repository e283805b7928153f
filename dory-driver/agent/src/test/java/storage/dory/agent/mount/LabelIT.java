// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.mount;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real attribute. A kernel without SELinux keeps it as it is given, by root only. */
class LabelIT {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  @TempDir private Path dir;

  @Test
  void w20TypeIsSetAndTheRestOfTheLabelKept() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "skipped: only root may label");
    Syscalls calls = new Syscalls();
    byte[] before = "user_u:object_r:old_t:s0:c5\0".getBytes(UTF_8);
    assumeTrue(
        calls.lsetxattr(dir.toString(), FileLabel.ATTRIBUTE, before) == 0,
        "skipped: the filesystem of " + dir + " has no labels");
    try (FfmMounter mounter = new FfmMounter()) {
      assertThat(mounter.label(dir, "container_file_t", LIMIT))
          .isEqualTo(new LabelOutcome.Settled());
    }

    byte[] room = new byte[100];
    int length = calls.lgetxattr(dir.toString(), FileLabel.ATTRIBUTE, room);
    assertThat(new String(room, 0, length, UTF_8))
        .isEqualTo("user_u:object_r:container_file_t:s0:c5\0");
  }

  @Test
  void w20FilesystemWithoutLabelsIsLeftAsItIs() {
    try (FfmMounter mounter = new FfmMounter()) {
      assertThat(mounter.label(Path.of("/proc/self/fd"), "container_file_t", LIMIT))
          .isEqualTo(new LabelOutcome.Settled());
    }
  }

  @Test
  void anyOtherRefusalIsToldWithTheWayAroundIt() throws Exception {
    Path gone = dir.resolve("gone");
    assertThat(Files.notExists(gone)).isTrue();
    try (FfmMounter mounter = new FfmMounter()) {
      assertThat(mounter.label(gone, "container_file_t", LIMIT))
          .isInstanceOfSatisfying(
              LabelOutcome.Refused.class,
              refused ->
                  assertThat(refused.why())
                      .contains("No such file or directory", "selinuxRelabel: false"));
    }
  }
}
