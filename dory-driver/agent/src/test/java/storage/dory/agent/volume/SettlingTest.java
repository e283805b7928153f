// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import storage.dory.agent.records.RecordStore;
import storage.dory.plugin.MountId;
import storage.dory.plugin.VolumeName;

class SettlingTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Path SOCKET = Path.of("/p.sock");
  private static final Path TARGET = Path.of("/k/pods/u/volumes/a~p/v");
  private static final MountId ID = new MountId("u");

  @TempDir private Path dir;

  private final AtomicLong now = new AtomicLong();

  @Test
  void pluginIsToldWhenItIsBackAndAskedEverMoreRarelyUntilThen() throws IOException {
    FakeNode node = new FakeNode();
    FakeVolumePlugin plugin = new FakeVolumePlugin(node, "v");
    Volumes volumes =
        node.volumes(RecordStore.open(dir), socket -> plugin, dir, new RecordedNews());
    volumes.mount(
        new MountRequest(TARGET, SOCKET, new VolumeName("v"), ID, false, Optional.empty()), LIMIT);
    plugin.line = FakeVolumePlugin.Line.DOWN;
    volumes.unmount(TARGET, SOCKET, ID, LIMIT);

    try (Settling settling = new Settling(volumes, now::get)) {
      for (int second : new int[] {0, 2, 6, 14, 30}) {
        now.set(Duration.ofSeconds(second).toNanos());
        settling.round();
        assertThat(volumes.unsettled()).hasSize(1);
      }
      plugin.line = FakeVolumePlugin.Line.UP;

      now.set(Duration.ofSeconds(61).toNanos());
      settling.round();
      assertThat(plugin.holding("v")).as("not due before second 62").isNotEmpty();

      now.set(Duration.ofSeconds(62).toNanos());
      settling.round();
      assertThat(volumes.unsettled()).isEmpty();
      assertThat(plugin.holding("v")).isEmpty();
    }
  }
}
