// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static storage.dory.agent.NodeInNamespace.SUCCESS;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plugins that mount where nobody sees it and tell the block device: one with a file behind it. */
class DeviceIT {
  private static final long SIZE = 16 << 20;

  @TempDir(factory = ShortTempDir.class)
  private Path dir;

  private final List<Path> devices = new ArrayList<>();

  @AfterEach
  void giveDevicesBack() throws Exception {
    for (Path each : devices) {
      run("losetup", "--detach", each.toString());
    }
  }

  @Test
  void deviceThatThePluginTellsIsMountedWrittenUnmountedAndMountedReadOnly() throws Exception {
    try (NodeInNamespace node = NodeInNamespace.open(dir);
        PluginServer plugin = node.plugin()) {
      Path device = device(node);
      plugin.keepOn(device, "v");
      node.agent("100s");
      Path target = node.target("u", "v");

      assertThat(mount(node, target, "rw")).isEqualTo(SUCCESS);
      assertThat(mount(node, target, "rw")).as("asked again").isEqualTo(SUCCESS);
      assertThat(node.mounts()).singleElement().asString().contains(" - ext4 " + device + " rw");
      Files.writeString(node.namespace().see(target).resolve("file"), "content");
      assertThat(dir.resolve("vols/v")).as("the plugin's directory").isEmptyDirectory();
      assertThat(node.unmount(target)).isEqualTo(SUCCESS);
      node.assertNothingLeft(plugin);

      Path reader = node.target("reader", "v");
      assertThat(mount(node, reader, "ro")).isEqualTo(SUCCESS);
      assertThat(node.mounts()).singleElement().asString().contains(" ro,", "ext4 " + device);
      assertThat(node.namespace().see(reader).resolve("file")).hasContent("content");
      assertThat(node.unmount(reader)).isEqualTo(SUCCESS);
      node.assertNothingLeft(plugin);
    }
  }

  @Test
  void deviceThatIsNotThereFailsTheMountInWordsAndIsUndone() throws Exception {
    try (NodeInNamespace node = NodeInNamespace.open(dir);
        PluginServer plugin = node.plugin()) {
      plugin.keepOn(dir.resolve("no-such-device"), "v");
      node.agent("100s");

      assertThat(mount(node, node.target("u", "v"), "rw"))
          .contains("Failure", "no-such-device, which is no block device (as the agent sees it)");

      node.assertNothingLeft(plugin);
    }
  }

  /** With an empty filesystem on it. */
  private Path device(NodeInNamespace node) throws Exception {
    assumeTrue(node.namespace().isRoot(), "skipped: block devices need root");
    Path file = dir.resolve("disk");
    try (var disk = new RandomAccessFile(file.toFile(), "rw")) {
      disk.setLength(SIZE);
    }
    assumeTrue(run("mkfs.ext4", "-q", file.toString()).isPresent(), "skipped: no mkfs.ext4");
    var device = run("losetup", "--find", "--show", file.toString());
    assumeTrue(device.isPresent(), "skipped: no loop device to be had (losetup)");
    devices.add(Path.of(device.orElseThrow().strip()));
    return devices.getFirst();
  }

  private static String mount(NodeInNamespace node, Path target, String mode) throws Exception {
    return node.call(
        "mount",
        target.toString(),
        new ObjectMapper()
            .createObjectNode()
            .put("kubernetes.io/readwrite", mode)
            .put("kubernetes.io/pvOrVolumeName", target.getFileName().toString())
            .toString());
  }

  /** What it prints, empty when it does not succeed. */
  private static Optional<String> run(String... command) throws Exception {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String words = new String(process.getInputStream().readAllBytes(), UTF_8);
      return Optional.of(words).filter(each -> exitCode(process) == 0);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static int exitCode(Process process) {
    return process.onExit().join().exitValue();
  }
}
