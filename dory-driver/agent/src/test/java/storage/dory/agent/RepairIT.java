// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static storage.dory.agent.NodeInNamespace.SUCCESS;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is mounted again is what was mounted first, on real mounts of a plugin of the test's. */
class RepairIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int GROUP = 4711;
  private static final int SETGID_AND_GROUP_MAY_ALL = 02070;

  @TempDir(factory = ShortTempDir.class)
  private Path dir;

  @Test
  void repairedVolumeHasTheFilesystemTheGroupAndTheModeOfTheFirstMount() throws Exception {
    try (NodeInNamespace node = NodeInNamespace.open(dir);
        PluginServer plugin = node.plugin()) {
      AgentProcess agent = node.agent("100s");
      settings(node);
      Path source = Files.createDirectories(dir.resolve("vols/v"));
      mount(node, "-t", "tmpfs", "none", source.toString());
      Path target = node.target("u", "v");
      Path readOnly = node.target("ro", "v");
      assertThat(mountWishing(node, target, "rw")).isEqualTo(SUCCESS);
      assertThat(mountWishing(node, readOnly, "ro")).isEqualTo(SUCCESS);

      takeOff(node, target, readOnly, source);
      mount(node, "-t", "ramfs", "none", source.toString());
      RcloneNode.awaitLine(agent.log(), "the volume has filesystem ramfs");
      assertThat(node.mounts()).as("another filesystem").isEmpty();
      assertThat(Files.readString(agent.log())).doesNotContain("mount repaired");

      takeOff(node, source);
      mount(node, "-t", "tmpfs", "none", source.toString());
      awaitRepaired(agent, 2);
      Path root = node.namespace().see(target);
      assertThat((int) Files.getAttribute(root, "unix:gid")).isEqualTo(GROUP);
      assertThat((int) Files.getAttribute(root, "unix:mode") & SETGID_AND_GROUP_MAY_ALL)
          .isEqualTo(SETGID_AND_GROUP_MAY_ALL);
      assertThat(node.mounts())
          .filteredOn(line -> line.contains("/ro/"))
          .singleElement()
          .asString()
          .contains(" ro,");
      assertThat(plugin.held()).containsExactlyInAnyOrder("v u", "v ro");

      assertThat(node.unmount(target)).isEqualTo(SUCCESS);
      assertThat(node.unmount(readOnly)).isEqualTo(SUCCESS);
      node.awaitNothingLeft(plugin);
    }
  }

  @Test
  void mountTakenOffWhileThereIsNoAgentIsPutBackUnlessItsPodHasGone() throws Exception {
    try (NodeInNamespace node = NodeInNamespace.open(dir);
        PluginServer plugin = node.plugin()) {
      AgentProcess first = node.agent("100s");
      Path target = node.target("u", "v");
      Path gone = node.target("gone", "v");
      assertThat(node.mount(target)).isEqualTo(SUCCESS);
      assertThat(node.mount(gone)).isEqualTo(SUCCESS);
      Files.writeString(node.namespace().see(target).resolve("file"), "content");
      first.kill();
      takeOff(node, target, gone);
      Files.delete(gone);

      AgentProcess second = node.agent("100s");
      awaitRepaired(second, 1);
      assertThat(Files.readString(second.log()))
          .contains("mount dead target=" + target)
          .doesNotContain("mount dead target=" + gone);
      assertThat(node.namespace().see(target).resolve("file")).hasContent("content");
      assertThat(node.mounts()).hasSize(1);
      Awaitility.await()
          .atMost(LIMIT)
          .untilAsserted(() -> assertThat(plugin.held()).containsExactly("v u"));

      assertThat(node.unmount(target)).isEqualTo(SUCCESS);
      node.awaitNothingLeft(plugin);
    }
  }

  @Test
  void targetUnderRepairIsGivenUpWhenItsPodsDirectoryHasGone() throws Exception {
    try (NodeInNamespace node = NodeInNamespace.open(dir);
        PluginServer plugin = node.plugin()) {
      AgentProcess agent = node.agent("100s");
      Path gone = node.target("gone", "v");
      Path stays = node.target("stays", "w");
      assertThat(node.mount(gone)).isEqualTo(SUCCESS);
      assertThat(node.mount(stays)).isEqualTo(SUCCESS);
      plugin.holdAt("Unmount");
      takeOff(node, gone);
      RcloneNode.awaitLine(agent.log(), "mount dead target=" + gone);
      plugin.awaitHung();

      Files.delete(gone);
      RcloneNode.awaitLine(agent.log(), "mount gone with its pod target=" + gone);
      plugin.recover();

      Awaitility.await()
          .atMost(LIMIT)
          .untilAsserted(() -> {
            assertThat(plugin.held()).containsExactly("w stays");
            assertThat(node.records()).hasSize(1);
          });
      assertThat(gone).doesNotExist();
      assertThat(Files.readString(agent.log())).doesNotContain("mount repaired");
      assertThat(node.unmount(stays)).isEqualTo(SUCCESS);
      node.awaitNothingLeft(plugin);
    }
  }

  @Test
  void serverThatHangsWhileThePluginAnswersIsToldOfAndHangsNobodyElse() throws Exception {
    try (NodeInNamespace node = NodeInNamespace.open(dir);
        PluginServer plugin = node.plugin()) {
      Process server = serverOf(node);
      AgentProcess agent = node.agent("100s");
      Path target = node.target("u", "v");
      assertThat(node.mount(target)).isEqualTo(SUCCESS);
      signal(server, "STOP");
      Process user = node.start("ls", target.resolve("no-such-file").toString());
      long threads = threads(agent);

      RcloneNode.awaitLine(agent.log(), "mount hangs");
      assertThat(Files.readString(agent.log()))
          .contains("silent=SERVER_ONLY")
          .doesNotContain("mount dead");
      assertThat(threads(agent)).isLessThan(threads + 8);
      assertThat(user.isAlive()).isTrue();
      Path other = node.target("u", "w");
      assertThat(node.mount(other)).as("another volume of the plugin").isEqualTo(SUCCESS);
      assertThat(node.unmount(other)).isEqualTo(SUCCESS);

      signal(server, "CONT");
      Awaitility.await().atMost(LIMIT).until(() -> !user.isAlive());
      assertThat(node.unmount(target)).isEqualTo(SUCCESS);
      node.awaitNothingLeft(plugin);
    }
  }

  @Test
  void w21MountFromAServerThatHangsFailsWithinItsLimitAndIsUndone() throws Exception {
    try (NodeInNamespace node = NodeInNamespace.open(dir);
        PluginServer plugin = node.plugin()) {
      Process server = serverOf(node);
      node.agent("6s");
      signal(server, "STOP");
      Path target = node.target("u", "v");

      assertThat(node.mount(target)).contains("Failure", "no answer of the filesystem within");

      assertThat(node.mounts()).isEmpty();
      signal(server, "CONT");
      node.awaitNothingLeft(plugin);
      assertThat(node.mount(target)).isEqualTo(SUCCESS);
      assertThat(node.unmount(target)).isEqualTo(SUCCESS);
    }
  }

  /** The plugin's own process serves nothing: another one does. */
  private Process serverOf(NodeInNamespace node) throws Exception {
    assumeTrue(
        node.namespace().run("sh", "-c", "command -v rclone && test -w /dev/fuse") == 0,
        "skipped: no rclone or no /dev/fuse");
    Path data = Files.createDirectory(dir.resolve("data"));
    Path source = Files.createDirectories(dir.resolve("vols/v"));
    Process server =
        node.start("rclone", "mount", "--attr-timeout=0", data.toString(), source.toString());
    Awaitility.await()
        .atMost(LIMIT)
        .until(() -> node.namespace().mountsBelow(source).contains("fuse.rclone"));
    return server;
  }

  private static void settings(NodeInNamespace node) throws IOException {
    Files.writeString(
        node.settings(),
        "{\"createVolumes\":false,\"dockerVolumePluginSocketPath\":\"p\",\"fsTypeOption\":\"fs\"}");
  }

  private static String mountWishing(NodeInNamespace node, Path target, String mode)
      throws Exception {
    return node.call(
        "mount",
        target.toString(),
        new ObjectMapper()
            .createObjectNode()
            .put("kubernetes.io/readwrite", mode)
            .put("kubernetes.io/pvOrVolumeName", "v")
            .put("kubernetes.io/fsType", "tmpfs")
            .put("kubernetes.io/mounterArgs.FsGroup", Integer.toString(GROUP))
            .toString());
  }

  private static void mount(NodeInNamespace node, String... arguments) throws Exception {
    String[] command = new String[arguments.length + 1];
    command[0] = "mount";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    assumeTrue(node.namespace().run(command) == 0, "skipped: this kernel lets us not mount that");
  }

  /** All of them at one moment, as far as the agent's looks go. */
  private static void takeOff(NodeInNamespace node, Path... places) throws Exception {
    String[] command = new String[places.length + 1];
    command[0] = "umount";
    for (int i = 0; i < places.length; i++) {
      command[i + 1] = places[i].toString();
    }
    assertThat(node.namespace().run(command)).isZero();
  }

  private static void awaitRepaired(AgentProcess agent, int count) {
    Awaitility.await()
        .atMost(LIMIT)
        .untilAsserted(() ->
            assertThat(
                    Files.readString(agent.log())
                        .lines()
                        .filter(line -> line.contains("mount repaired")))
                .hasSize(count));
  }

  private static void signal(Process process, String signal) throws Exception {
    new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
  }

  private static long threads(AgentProcess agent) throws IOException {
    try (var tasks = Files.list(Path.of("/proc/" + agent.process().pid() + "/task"))) {
      return tasks.count();
    }
  }
}
