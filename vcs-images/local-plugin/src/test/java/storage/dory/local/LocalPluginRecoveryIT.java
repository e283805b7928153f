// SPDX-License-Identifier: Apache-2.0
package storage.dory.local;

import static org.assertj.core.api.Assertions.assertThat;
import static storage.dory.local.LocalPlugin.ABSENT;
import static storage.dory.local.LocalPlugin.DONE;
import static storage.dory.local.LocalPlugin.LIMIT;
import static storage.dory.local.LocalPlugin.SIZE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import storage.dory.plugin.Lookup;
import storage.dory.plugin.MountId;
import storage.dory.plugin.PluginProcess;
import storage.dory.plugin.Reply;
import storage.dory.plugin.VolumeName;

/** The program killed: what is there when it comes back. */
class LocalPluginRecoveryIT {
  private static final VolumeName NAME = new VolumeName("pvc-1");
  private static final MountId ID = new MountId("pod-1");

  @TempDir private Path home = Path.of("");

  private LocalPlugin local = new LocalPlugin(home);

  @BeforeEach
  void place() {
    local = new LocalPlugin(home);
  }

  @AfterEach
  void unmountWhatIsLeft() throws IOException {
    local.unmountAll();
  }

  @Test
  void volumesMountsAndFilesSurviveKill() throws IOException {
    Path mounted;
    try (PluginProcess plugin = local.start()) {
      mounted = local.mountSized(NAME, ID);
      Files.writeString(mounted.resolve("file"), "kept");
      plugin.kill();
    }
    assertThat(local.socket()).as("the stale socket of a killed plugin").exists();

    try (PluginProcess plugin = local.start()) {
      assertThat(mounted.resolve("file")).as(plugin.output()).hasContent("kept");
      assertThat(local.client().get(NAME, LIMIT)).isInstanceOf(Lookup.Found.class);
      assertThat(local.client().mount(NAME, ID, LIMIT)).isEqualTo(new Reply.Done<>(mounted));
      assertThat(local.client().remove(NAME, LIMIT))
          .isInstanceOfSatisfying(
              Reply.Refused.class,
              refused -> assertThat(refused.words()).contains("mounted by 1,"));
      assertThat(local.client().unmount(NAME, ID, LIMIT)).isEqualTo(DONE);
      assertThat(local.client().remove(NAME, LIMIT)).isEqualTo(DONE);
      local.assertNothingLeft();
    }
  }

  @Test
  void mountLostWithTheMachineIsThereAgainAfterTheStart() throws IOException {
    LocalPlugin.assumeImages();
    Path mounted;
    try (PluginProcess plugin = local.start()) {
      mounted = local.mountSized(NAME, ID);
      Files.writeString(mounted.resolve("file"), "kept");
      plugin.kill();
    }
    local.unmountAll();
    assertThat(mounted.resolve("file")).doesNotExist();

    try (PluginProcess plugin = local.start()) {
      assertThat(mounted.resolve("file")).as(plugin.output()).hasContent("kept");
    }
  }

  @Test
  void unmountCutOffAfterItsRecordIsFinishedAtTheStart() throws IOException {
    LocalPlugin.assumeImages();
    try (PluginProcess plugin = local.start()) {
      local.mountSized(NAME, ID);
      plugin.kill();
    }
    local.rewriteRecord(NAME, "\"mounts\":\\[\"pod-1\"\\]", "\"mounts\":[]");

    try (PluginProcess plugin = local.start()) {
      assertThat(local.mounts()).as(plugin.output()).isEmpty();
    }
  }

  @Test
  void creationCutOffAfterItsRecordIsUndoneAndCanBeRepeated() throws IOException {
    try (PluginProcess plugin = local.start()) {
      assertThat(local.client().create(NAME, SIZE, LIMIT)).isEqualTo(DONE);
      plugin.kill();
    }
    local.rewriteRecord(NAME, "READY", "CREATING");
    Files.deleteIfExists(local.root().resolve("images/pvc-1.img"));
    Files.writeString(local.root().resolve("images/.pvc-1.img.part"), "half");

    try (PluginProcess plugin = local.start()) {
      assertThat(local.client().get(NAME, LIMIT)).as(plugin.output()).isEqualTo(ABSENT);
      local.assertNothingLeft();
      assertThat(local.mountSized(NAME, ID)).isEmptyDirectory();
    }
  }

  @Test
  void removalCutOffHalfWayIsFinishedAtTheStart() throws IOException {
    try (PluginProcess plugin = local.start()) {
      assertThat(local.client().create(NAME, Map.of(), LIMIT)).isEqualTo(DONE);
      Files.writeString(local.root().resolve("data/pvc-1/file"), "going");
      plugin.kill();
    }
    local.rewriteRecord(NAME, "READY", "REMOVING");

    try (PluginProcess plugin = local.start()) {
      assertThat(local.client().get(NAME, LIMIT)).as(plugin.output()).isEqualTo(ABSENT);
      local.assertNothingLeft();
    }
  }

  @Test
  void filesWithoutARecordDoNotBecomeAVolumesAndAreKept() throws IOException {
    try (PluginProcess plugin = local.start()) {
      Path found = Files.createDirectory(local.root().resolve("data/pvc-1"));
      Files.writeString(found.resolve("secret"), "somebody's");

      assertThat(local.client().create(NAME, Map.of(), LIMIT)).as(plugin.output()).isEqualTo(DONE);

      assertThat(found).isEmptyDirectory();
      assertThat(local.root().resolve("found")).isDirectoryRecursivelyContaining("glob:**/secret");
    }
  }

  @Test
  void recordThatCannotBeReadHidesNoOtherVolume() throws IOException {
    try (PluginProcess plugin = local.start()) {
      assertThat(local.client().create(NAME, Map.of(), LIMIT)).isEqualTo(DONE);
      plugin.kill();
    }
    Files.writeString(local.root().resolve("records/broken.json"), "{");

    try (PluginProcess plugin = local.start()) {
      assertThat(local.client().get(NAME, LIMIT)).isInstanceOf(Lookup.Found.class);
      assertThat(local.client().get(new VolumeName("broken"), LIMIT))
          .as("a volume that may be there is not absent")
          .isInstanceOf(Lookup.Refused.class);
      assertThat(plugin.output()).contains("event=record-unreadable volume=broken");
    }
  }
}
