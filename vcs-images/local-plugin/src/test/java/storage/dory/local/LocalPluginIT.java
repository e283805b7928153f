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
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import storage.dory.plugin.MountId;
import storage.dory.plugin.Nothing;
import storage.dory.plugin.PluginProcess;
import storage.dory.plugin.Reply;
import storage.dory.plugin.VolumeName;

/** The program as a process: how it starts and how it ends. */
class LocalPluginIT {
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
  void readyLineNamesSocketAndRoot() throws IOException {
    try (PluginProcess plugin = local.start()) {
      assertThat(plugin.output())
          .containsPattern(
              "(?m)^ready socket=" + local.socket() + " root=" + local.root().toRealPath());
    }
  }

  @Test
  void socketIsItsOwnersAlone() throws IOException {
    try (PluginProcess plugin = local.start()) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(local.socket())))
          .as(plugin.output())
          .isEqualTo("rw-------");
      assertThat(home).isDirectoryNotContaining("glob:**/.*");
    }
  }

  @Test
  void sigtermEndsItWith0AndLeavesMountsButNoSocket() throws IOException {
    try (PluginProcess plugin = local.start()) {
      Path mounted = local.mountSized(NAME, ID);
      Files.writeString(mounted.resolve("file"), "kept");
      long start = System.nanoTime();

      assertThat(plugin.terminate()).isZero();

      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
      assertThat(local.socket()).doesNotExist();
      assertThat(mounted.resolve("file")).hasContent("kept");
    }
  }

  @Test
  void secondPluginAtTheSameSocketRefusesToStart() throws IOException {
    try (PluginProcess plugin = local.start();
        PluginProcess second =
            local.launch(
                List.of("--socket", local.socket().toString(), "--root", home + "/other"))) {
      assertThat(second.exitCode()).isEqualTo(1);

      assertThat(second.output()).contains("another plugin answers at " + local.socket());
      assertThat(local.client().activate(LIMIT)).isInstanceOf(Reply.Done.class);
      assertThat(plugin.terminate()).isZero();
    }
  }

  @Test
  void secondPluginOnTheSameRootRefusesToStart() throws IOException {
    try (PluginProcess plugin = local.start();
        PluginProcess second =
            local.launch(
                List.of("--socket", home + "/o.sock", "--root", local.root().toString()))) {
      assertThat(second.exitCode()).isEqualTo(1);

      assertThat(second.output()).contains("another plugin uses " + local.root().toRealPath());
      assertThat(home.resolve("o.sock")).doesNotExist();
      assertThat(plugin.terminate()).isZero();
    }
  }

  @Test
  void fileAtTheSocketsPlaceIsNotReplaced() throws IOException {
    Files.writeString(local.socket(), "somebody's");
    try (PluginProcess plugin = local.launch(local.flags())) {
      assertThat(plugin.exitCode()).isEqualTo(1);

      assertThat(plugin.output()).contains(local.socket() + " is there and is no socket");
      assertThat(local.socket()).hasContent("somebody's");
    }
  }

  @Test
  void wrongFlagIsOneLineAndCode64() throws IOException {
    try (PluginProcess plugin = local.launch(List.of("--sokcet", "x"))) {
      assertThat(plugin.exitCode()).isEqualTo(64);

      assertThat(plugin.output().lines()).singleElement().asString().contains("--sokcet");
    }
  }

  @Test
  void requestUnderWayDoesNotHoldUpTheEnd() throws Exception {
    LocalPlugin.assumeImages();
    Path slow = Files.createDirectory(home.resolve("bin")).resolve("mkfs.ext4");
    Path begun = home.resolve("begun");
    Files.writeString(slow, "#!/bin/sh\ntouch " + begun + "\nsleep 60\n");
    Files.setPosixFilePermissions(slow, PosixFilePermissions.fromString("rwxr-xr-x"));
    String path = slow.resolveSibling(".") + ":" + System.getenv("PATH");
    try (PluginProcess plugin = local.start(Map.of("PATH", path))) {
      CompletableFuture<Reply<Nothing>> request =
          CompletableFuture.supplyAsync(() -> local.client().create(NAME, SIZE, LIMIT));
      Awaitility.await("the slow mkfs").atMost(LIMIT).until(() -> Files.exists(begun));
      long start = System.nanoTime();

      assertThat(plugin.terminate()).isZero();

      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
      assertThat(request.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isNotEqualTo(DONE);
    }
    try (PluginProcess plugin = local.start()) {
      assertThat(local.client().get(NAME, LIMIT)).as(plugin.output()).isEqualTo(ABSENT);
      local.assertNothingLeft();
    }
  }
}
