// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import storage.dory.agent.mount.MountEntry;
import storage.dory.agent.records.RecordStore;
import storage.dory.agent.records.Wishes;
import storage.dory.plugin.MountId;
import storage.dory.plugin.VolumeName;

/** Plugins that mount where nobody sees it and say on which device the volume is. */
class DeviceVolumesTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Path SOCKET = Path.of("/p.sock");
  private static final Path TARGET = Path.of("/k/pods/u/volumes/a~p/v");
  private static final MountId ID = new MountId("u");
  private static final VolumeName VOLUME = new VolumeName("v");
  private static final VolumeOutcome DONE = new VolumeOutcome.Done();

  @TempDir private Path dir;

  private final FakeNode node = new FakeNode();
  private final FakeVolumePlugin plugin = new FakeVolumePlugin(node, "v");
  private RecordStore records;
  private Volumes volumes;

  @BeforeEach
  void start() throws IOException {
    records = RecordStore.open(dir);
    volumes = node.volumes(records, socket -> plugin, dir, new RecordedNews());
  }

  @Test
  void deviceIsMountedWhereThePluginsOwnMountIsNotSeen() {
    plugin.device = Optional.of("/dev/sdb");

    assertThat(mount(false, Optional.empty())).isEqualTo(DONE);
    assertThat(mount(false, Optional.empty())).isEqualTo(DONE);

    assertThat(node.effects).containsExactly("Mount", "mkdir", "device /dev/sdb");
    assertThat(volumes.unmount(TARGET, SOCKET, ID, LIMIT)).isEqualTo(DONE);
    assertThat(node.mounts).isEmpty();
    assertThat(plugin.all()).isEmpty();
    assertThat(records.all()).isEmpty();
  }

  @Test
  void readOnlyAndFilesystemHoldForDevicesToo() {
    plugin.device = Optional.of("/dev/sdb");

    assertThat(mount(true, Optional.of("ext4")))
        .isInstanceOfSatisfying(
            VolumeOutcome.Failed.class,
            failed -> assertThat(failed.why()).contains("filesystem xfs"));
    assertThat(node.mounts).isEmpty();
    assertThat(plugin.all()).isEmpty();

    assertThat(mount(true, Optional.of("xfs"))).isEqualTo(DONE);
    assertThat(node.table().top(TARGET).map(MountEntry::readOnly)).contains(true);
  }

  @Test
  void mountThatIsSeenIsBoundWhateverThePluginSaysOfDevices() {
    node.put("8:1", Path.of("/vols/v"), false);
    plugin.device = Optional.of("/dev/sdb");

    assertThat(mount(false, Optional.empty())).isEqualTo(DONE);

    assertThat(node.effects).containsExactly("Mount", "mkdir", "bind");
  }

  @Test
  void deviceThatIsNoPathIsNoDevice() {
    plugin.device = Optional.of("sdb");

    assertThat(mount(false, Optional.empty())).isEqualTo(DONE);

    assertThat(node.effects).containsExactly("Mount", "mkdir", "bind");
  }

  @Test
  void deviceThatSomebodyTookOffIsMountedAgain() {
    plugin.device = Optional.of("/dev/sdb");
    assertThat(mount(false, Optional.empty())).isEqualTo(DONE);
    node.takeOff(TARGET);
    node.effects.clear();

    assertThat(volumes.noticeDead()).hasSize(1);
    assertThat(volumes.repair(SOCKET, VOLUME, LIMIT)).isEqualTo(new RepairOutcome.Done());

    assertThat(node.effects).containsExactly("Unmount", "Mount", "device /dev/sdb");
    assertThat(plugin.all()).containsExactly("v:u");
  }

  private VolumeOutcome mount(boolean readOnly, Optional<String> fsType) {
    return volumes.mount(
        new MountRequest(
            TARGET,
            SOCKET,
            VOLUME,
            ID,
            readOnly,
            Optional.empty(),
            new Wishes(Optional.empty(), fsType, Optional.empty())),
        LIMIT);
  }
}
