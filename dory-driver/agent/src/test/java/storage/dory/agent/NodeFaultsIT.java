// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static storage.dory.agent.NodeInNamespace.SUCCESS;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to nodes, on real mounts in a mount namespace of the test's own. */
class NodeFaultsIT {

  @TempDir(factory = ShortTempDir.class)
  private Path dir;

  @Test
  void rebootLosesMountsAndKubeletAsksForThemAgain() throws Exception {
    try (NodeInNamespace node = NodeInNamespace.open(dir)) {
      Path target = node.target("u", "v");
      try (PluginServer plugin = node.plugin()) {
        node.agent("100s");
        assertThat(node.mount(target)).isEqualTo(SUCCESS);
        write(node, target, "before the reboot");
        assertThat(plugin.held()).containsExactly("v u");
      }
      Files.delete(node.socket());

      node.reboot();
      assertThat(node.mounts()).isEmpty();
      assertThat(node.records()).hasSize(1);
      node.agent("100s");
      assertThat(node.mount(target)).as("the plugin comes later").contains("Failure");
      try (PluginServer plugin = node.plugin()) {
        assertThat(node.mount(target)).isEqualTo(SUCCESS);
        assertThat(node.mounts()).hasSize(1);
        assertThat(node.namespace().see(target).resolve("file")).hasContent("before the reboot");
        assertThat(plugin.held()).containsExactly("v u");

        assertThat(node.unmount(target)).isEqualTo(SUCCESS);
        node.assertNothingLeft(plugin);
      }
    }
  }

  @Test
  void pluginThatHasForgottenItsMountsInARebootAndSaysSoInAnyWordsBlocksNoTarget()
      throws Exception {
    try (NodeInNamespace node = NodeInNamespace.open(dir)) {
      Path target = node.target("u", "v");
      Path deleted = node.target("deleted", "v");
      try (PluginServer plugin = node.plugin()) {
        node.agent("100s");
        assertThat(node.mount(target)).isEqualTo(SUCCESS);
        assertThat(node.mount(deleted)).isEqualTo(SUCCESS);
        assertThat(plugin.held()).hasSize(2);
      }
      Files.delete(node.socket());
      node.reboot();

      try (PluginServer plugin = node.plugin()) {
        plugin.refuseToUnmountWith("v: nothing of that kind is under management here");
        node.agent("100s");
        assertThat(node.mount(target)).isEqualTo(SUCCESS);
        assertThat(node.mounts()).hasSize(1);
        assertThat(node.unmount(deleted)).isEqualTo(SUCCESS);
        assertThat(plugin.held()).containsExactly("v u");
        assertThat(node.unmount(target)).isEqualTo(SUCCESS);
        assertThat(node.mounts()).isEmpty();
      }
    }
  }

  @Test
  void podDeletedWhileTheNodeWasDownLeavesNothing() throws Exception {
    try (NodeInNamespace node = NodeInNamespace.open(dir);
        PluginServer plugin = node.plugin()) {
      node.agent("100s");
      assertThat(node.mount(node.target("asked", "v"))).isEqualTo(SUCCESS);
      assertThat(node.mount(node.target("forgotten", "v"))).isEqualTo(SUCCESS);

      // this plugin remembers who holds what, as one that keeps its state does
      node.reboot();
      node.agent("100s");
      assertThat(node.unmount(node.target("asked", "v"))).isEqualTo(SUCCESS);

      node.awaitNothingLeft(plugin);
    }
  }

  @Test
  void kubeletThatIsRestartedDuringAMountAsksAgainAndFindsItDoneOnce() throws Exception {
    try (NodeInNamespace node = NodeInNamespace.open(dir);
        PluginServer plugin = node.plugin()) {
      node.agent("100s");
      Path target = node.target("u", "v");
      plugin.holdAt("Mount");
      // systemd ends kubelet's drivers with it
      Process driver =
          node.calling("mount", target.toString(), "{\"kubernetes.io/pvOrVolumeName\":\"v\"}");
      plugin.awaitHung();
      driver.destroyForcibly().waitFor();
      plugin.recover();

      assertThat(node.mount(target)).isEqualTo(SUCCESS);
      assertThat(node.mounts()).hasSize(1);
      assertThat(plugin.held()).containsExactly("v u");
      assertThat(plugin.calls().stream().filter(each -> each.startsWith("Mount"))).hasSize(1);
      assertThat(node.unmount(target)).isEqualTo(SUCCESS);
      node.assertNothingLeft(plugin);
    }
  }

  @Test
  void podForceDeletedDuringItsMountLeavesNothing() throws Exception {
    try (NodeInNamespace node = NodeInNamespace.open(dir);
        PluginServer plugin = node.plugin();
        var threads = Executors.newFixedThreadPool(2)) {
      node.agent("100s");
      Path target = node.target("u", "v");
      plugin.holdAt("Mount");
      Future<String> mount = threads.submit(() -> node.mount(target));
      plugin.awaitHung();
      Future<String> unmount = threads.submit(() -> node.unmount(target));
      plugin.recover();

      assertThat(mount.get(60, TimeUnit.SECONDS)).isEqualTo(SUCCESS);
      assertThat(unmount.get(60, TimeUnit.SECONDS)).isEqualTo(SUCCESS);
      // kubelet asks for as long as the directory is there
      assertThat(node.unmount(target)).isEqualTo(SUCCESS);
      node.awaitNothingLeft(plugin);
    }
  }

  @Test
  void twoPodsShareAVolumeUntilTheLastOneGoes() throws Exception {
    try (NodeInNamespace node = NodeInNamespace.open(dir);
        PluginServer plugin = node.plugin()) {
      node.agent("100s");
      Path first = node.target("u1", "v");
      Path second = node.target("u2", "v");
      assertThat(node.mount(first)).isEqualTo(SUCCESS);
      assertThat(node.mount(second)).isEqualTo(SUCCESS);
      write(node, first, "of the first");
      assertThat(node.namespace().see(second).resolve("file")).hasContent("of the first");

      assertThat(node.unmount(first)).isEqualTo(SUCCESS);
      assertThat(plugin.held()).containsExactly("v u2");
      write(node, second, "of the second");
      assertThat(node.mounts()).singleElement().asString().contains(" " + second + " ");

      assertThat(node.unmount(second)).isEqualTo(SUCCESS);
      node.assertNothingLeft(plugin);
    }
  }

  @Test
  void targetInUseIsGivenUpBeforeItsUserEnds() throws Exception {
    try (NodeInNamespace node = NodeInNamespace.open(dir);
        PluginServer plugin = node.plugin()) {
      node.agent("100s");
      Path target = node.target("u", "v");
      assertThat(node.mount(target)).isEqualTo(SUCCESS);
      Process user = node.start("sh", "-c", "cd '" + target + "' && echo in > file && sleep 600");
      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> Files.exists(dir.resolve("vols/v/file")));

      assertThat(node.unmount(target)).isEqualTo(SUCCESS);
      node.assertNothingLeft(plugin);
      Files.delete(target); // as kubelet does: it is an empty directory
      assertThat(user.isAlive()).isTrue();
    }
  }

  @Test
  void sixtyFourCallsAtOnceWhileTheAgentIsKilledLeaveNothing() throws Exception {
    try (NodeInNamespace node = NodeInNamespace.open(dir);
        PluginServer plugin = node.plugin();
        var threads = Executors.newFixedThreadPool(64)) {
      AgentProcess agent = node.agent("100s");
      List<Path> targets = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        targets.add(node.target("u" + i, "v" + i % 8));
      }
      List<Future<String>> replies =
          targets.stream().map(each -> threads.submit(() -> node.mount(each))).toList();
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .pollInterval(Duration.ofMillis(5))
          .until(() -> plugin.held().size() > 10);
      agent.kill();
      for (Future<String> each : replies) {
        assertThat(each.get(60, TimeUnit.SECONDS)).contains("status");
      }

      node.agent("100s");
      for (Path each : targets) {
        assertThat(node.mount(each)).isEqualTo(SUCCESS);
      }
      assertThat(node.mounts()).hasSize(64);
      assertThat(plugin.held()).hasSize(64);
      List<Future<String>> unmounts =
          targets.stream().map(each -> threads.submit(() -> node.unmount(each))).toList();
      for (Future<String> each : unmounts) {
        assertThat(each.get(60, TimeUnit.SECONDS)).isEqualTo(SUCCESS);
      }
      node.assertNothingLeft(plugin);
    }
  }

  @Test
  void mountWithoutSpaceForRecordsFailsClearlyAndLeavesNothing() throws Exception {
    try (NodeInNamespace node = NodeInNamespace.open(dir);
        PluginServer plugin = node.plugin()) {
      Path state = Files.createDirectory(dir.resolve("state"));
      mount(node, "-t", "tmpfs", "-o", "size=64k", "none", state.toString());
      node.agent("100s");
      Path kept = node.target("kept", "v");
      assertThat(node.mount(kept)).isEqualTo(SUCCESS);
      fill(node, state);

      String reply = node.mount(node.target("u", "w"));

      assertThat(reply)
          .contains("Failure", state.toString(), "No space left on device", "give it some space");
      assertThat(node.mounts()).hasSize(1);
      assertThat(node.records()).as("no half of a record either").hasSize(1);
      assertThat(plugin.held()).containsExactly("v kept");

      assertThat(node.unmount(kept)).as("needs no space").isEqualTo(SUCCESS);
      node.assertNothingLeft(plugin);

      assertThat(node.namespace().run("rm", state.resolve("filler").toString())).isZero();
      assertThat(node.mount(node.target("u", "w"))).isEqualTo(SUCCESS);
      assertThat(node.unmount(node.target("u", "w"))).isEqualTo(SUCCESS);
      node.assertNothingLeft(plugin);
    }
  }

  @Test
  void unmountWithoutSpaceForRecordsIsFinishedAfterACrash() throws Exception {
    try (NodeInNamespace node = NodeInNamespace.open(dir)) {
      Path state = Files.createDirectory(dir.resolve("state"));
      mount(node, "-t", "tmpfs", "-o", "size=64k", "none", state.toString());
      Path target = node.target("u", "v");
      AgentProcess agent;
      try (PluginServer plugin = node.plugin()) {
        agent = node.agent("100s");
        assertThat(node.mount(target)).isEqualTo(SUCCESS);
        assertThat(plugin.held()).containsExactly("v u");
      }
      fill(node, state);
      assertThat(node.unmount(target)).as("the plugin is away").isEqualTo(SUCCESS);
      assertThat(node.mounts()).isEmpty();
      agent.kill();
      Files.delete(node.socket());

      try (PluginServer plugin = node.plugin()) {
        node.agent("100s");
        node.awaitNothingLeft(plugin);
        assertThat(plugin.calls()).singleElement().asString().contains("Unmount", "\"u\"");
      }
    }
  }

  @Test
  void readOnlyLogDirectoryFailsNoCall() throws Exception {
    try (NodeInNamespace node = NodeInNamespace.open(dir);
        PluginServer plugin = node.plugin()) {
      Path logs = Files.createDirectory(dir.resolve("logs"));
      mount(node, "-t", "tmpfs", "-o", "ro", "none", logs.toString());
      node.agent("100s");
      Files.writeString(
          node.settings(),
          "{\"createVolumes\":false,\"dockerVolumePluginSocketPath\":\"p\",\"logFilePath\":\""
              + logs.resolve("p.log")
              + "\"}");
      Path target = node.target("u", "v");

      assertThat(node.mount(target)).isEqualTo(SUCCESS);
      assertThat(node.call("config")).contains("Success", logs.resolve("p.log").toString());
      assertThat(node.unmount(target)).isEqualTo(SUCCESS);
      node.assertNothingLeft(plugin);

      mount(node, "-o", "remount,rw", logs.toString());
      assertThat(node.unmount(target)).isEqualTo(SUCCESS);
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() ->
              assertThat(node.namespace().see(logs.resolve("p.log")))
                  .content()
                  .contains("reply  : unmount"));
    }
  }

  @Test
  void w8KubeletsDirectoryBehindASymbolicLinkServes() throws Exception {
    try (NodeInNamespace node = NodeInNamespace.open(dir);
        PluginServer plugin = node.plugin()) {
      Path real = Files.createDirectories(dir.resolve("disk/kubelet"));
      Files.createSymbolicLink(dir.resolve("kubelet"), real);
      node.agent("100s");
      Path target = node.target("u", "v");

      assertThat(node.mount(target)).isEqualTo(SUCCESS);
      assertThat(node.mount(target)).as("second mount").isEqualTo(SUCCESS);
      assertThat(node.namespace().mountsBelow(real).lines()).hasSize(1);
      assertThat(plugin.held()).containsExactly("v u");

      assertThat(node.unmount(target)).isEqualTo(SUCCESS);
      assertThat(node.namespace().mountsBelow(real)).isEmpty();
      node.assertNothingLeft(plugin);
    }
  }

  @Test
  void linkInPlaceOfATargetIsNotFollowed() throws Exception {
    try (NodeInNamespace node = NodeInNamespace.open(dir);
        PluginServer plugin = node.plugin()) {
      node.agent("100s");
      Path target = node.target("u", "v");
      Path elsewhere = Files.createDirectory(dir.resolve("elsewhere"));
      Files.createDirectories(target.getParent());
      Files.createSymbolicLink(target, elsewhere);

      assertThat(node.mount(target)).contains("Failure", target + " is a symbolic link");
      assertThat(node.namespace().mountsBelow(elsewhere)).isEmpty();
      assertThat(node.unmount(target)).isEqualTo(SUCCESS);
      node.assertNothingLeft(plugin);
    }
  }

  @Test
  void awkwardNamesOfTargetsServe() throws Exception {
    assumeTrue(
        "UTF-8".equals(System.getProperty("sun.jnu.encoding")),
        "skipped: the locale of this machine has no such names");
    try (NodeInNamespace node = NodeInNamespace.open(dir);
        PluginServer plugin = node.plugin()) {
      node.agent("100s");
      String deep = ("/" + "d".repeat(200)).repeat(18);
      for (String name : List.of("a b", "back\\slash\\040", "\u00e9\u4e2d", "x".repeat(255))) {
        for (String root : List.of("kubelet", "kubelet \tand\n\\040\u00e9", "kubelet" + deep)) {
          Path target = dir.resolve(root + "/pods/u/volumes/dory.storage~p/" + name);

          assertThat(node.mount(target)).as("%s", target).isEqualTo(SUCCESS);
          assertThat(node.mount(target)).as("%s", target).isEqualTo(SUCCESS);
          assertThat(node.mounts()).as("%s", target).hasSize(1);
          write(node, target, "content");
          assertThat(node.unmount(target)).as("%s", target).isEqualTo(SUCCESS);
          node.assertNothingLeft(plugin);
        }
      }
    }
  }

  @Test
  void pathTooLongForTheKernelIsAFailureAndNothingIsLeft() throws Exception {
    try (NodeInNamespace node = NodeInNamespace.open(dir);
        PluginServer plugin = node.plugin()) {
      node.agent("100s");
      String deep = ("/" + "d".repeat(200)).repeat(21);
      Path target = dir.resolve("kubelet" + deep + "/pods/u/volumes/dory.storage~p/v");

      assertThat(node.mount(target)).contains("Failure", "File name too long");
      assertThat(node.unmount(target)).isEqualTo(SUCCESS);
      node.assertNothingLeft(plugin);
    }
  }

  @Test
  void mountsOfOthersWithAwkwardNamesHinderNoCallInAnyLocale() throws Exception {
    try (NodeInNamespace node = NodeInNamespace.open(dir);
        PluginServer plugin = node.plugin()) {
      Path other = Files.createDirectories(dir.resolve("other"));
      String awkward = "'" + other + "'/\"$(printf 'a b\\\\c\\t\\303\\251\\377')\"";
      assumeTrue(
          node.namespace()
                  .run("sh", "-c", "mkdir " + awkward + " && mount -t tmpfs none " + awkward)
              == 0,
          "skipped: this kernel lets us not mount a tmpfs");
      node.agentInLocale("C");
      Path target = node.target("u", "v");

      assertThat(node.mount(target)).isEqualTo(SUCCESS);
      assertThat(node.unmount(target)).isEqualTo(SUCCESS);
      node.assertNothingLeft(plugin);
    }
  }

  private static void mount(NodeInNamespace node, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("mount"));
    command.addAll(List.of(arguments));
    assumeTrue(
        node.namespace().run(command.toArray(String[]::new)) == 0,
        "skipped: this kernel lets us not " + command);
  }

  /** To the last byte. */
  private static void fill(NodeInNamespace node, Path directory) throws Exception {
    node.namespace()
        .run("sh", "-c", "cat /dev/zero > '" + directory.resolve("filler") + "' 2> /dev/null");
  }

  private static void write(NodeInNamespace node, Path target, String text) throws Exception {
    Files.writeString(node.namespace().see(target).resolve("file"), text);
  }
}
