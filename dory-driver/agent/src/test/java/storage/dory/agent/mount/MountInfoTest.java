// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MountInfoTest {
  private final AtomicBoolean changed = new AtomicBoolean();

  @TempDir private Path dir;

  @Test
  void tableIsReadAgainWhenTheKernelSaysThatItHasChanged() throws IOException {
    MountInfo info = info();
    write("/a");
    assertThat(info.table().isMounted(Path.of("/a"))).isTrue();

    write("/b");
    assertThat(info.table().isMounted(Path.of("/b"))).isFalse();

    changed.set(true);
    assertThat(info.table().isMounted(Path.of("/b"))).isTrue();
    assertThat(info.table().isMounted(Path.of("/a"))).isFalse();
  }

  @Test
  void changeThatCouldNotBeReadIsReadLater() throws IOException {
    MountInfo info = info();
    write("/a");
    assertThat(info.table().isMounted(Path.of("/a"))).isTrue();
    Files.delete(file());
    changed.set(true);
    assertThatThrownBy(info::table).isInstanceOf(UncheckedIOException.class);

    write("/b");
    assertThat(info.table().isMounted(Path.of("/b"))).isTrue();
  }

  private MountInfo info() {
    return new MountInfo(file(), () -> changed.getAndSet(false), () -> {});
  }

  private Path file() {
    return dir.resolve("mountinfo");
  }

  private void write(String point) throws IOException {
    Files.writeString(file(), "1 0 8:1 / " + point + " rw - ext4 /dev/sda1 rw\n");
  }
}
