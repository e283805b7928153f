// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static storage.dory.agent.NodeInNamespace.SUCCESS;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The real agent killed before and after each of its effects, on real mounts, and started again.
 * Kubelet repeats its call, or meanwhile wants the opposite.
 */
class AgentKilledIT {
  private static final int MOMENTS_OF_A_MOUNT = 6;

  @TempDir(factory = ShortTempDir.class)
  private Path dir;

  /** What becomes of the pod after the crash. */
  enum Afterwards {
    STAYS,
    IS_DELETED
  }

  @ParameterizedTest
  @EnumSource
  void mountKilledAtAnyMomentOfAPodThat(Afterwards afterwards) throws Exception {
    try (NodeInNamespace node = NodeInNamespace.open(dir);
        PluginServer plugin = node.plugin()) {
      List<String> moments = new ArrayList<>();
      AgentProcess agent = node.agentKilledAt(0, "u0");
      while (!moments.contains("not killed")) {
        Path target = node.target("u" + moments.size(), "v");
        boolean killed = !node.mount(target).equals(SUCCESS);
        moments.add(endOf(agent, killed));

        agent = node.agentKilledAt(moments.size(), "u" + moments.size());
        assertRecovers(node, plugin, target, afterwards, moments.getLast());
      }
      assertThat(moments)
          .containsExactly(
              "killed before mount",
              "killed after mount",
              "killed before makeTarget",
              "killed after makeTarget",
              "killed before bind",
              "killed after bind",
              "not killed")
          .hasSize(MOMENTS_OF_A_MOUNT + 1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void unmountKilledAtAnyMomentOfAPodThat(Afterwards afterwards) throws Exception {
    try (NodeInNamespace node = NodeInNamespace.open(dir);
        PluginServer plugin = node.plugin()) {
      List<String> moments = new ArrayList<>();
      AgentProcess agent = node.agentKilledAt(MOMENTS_OF_A_MOUNT, "u0");
      while (!moments.contains("not killed")) {
        Path target = node.target("u" + moments.size(), "v");
        assertThat(node.mount(target)).isEqualTo(SUCCESS);
        boolean killed = !node.unmount(target).equals(SUCCESS);
        moments.add(endOf(agent, killed));

        agent = node.agentKilledAt(MOMENTS_OF_A_MOUNT + moments.size(), "u" + moments.size());
        assertRecovers(node, plugin, target, afterwards, moments.getLast());
      }
      assertThat(moments)
          .containsExactly(
              "killed before unmount", // of the target
              "killed after unmount",
              "killed before unmount", // by the plugin
              "killed after unmount",
              "not killed");
    }
  }

  /** Nobody asks again; the agent is killed while it puts right what the last crash left. */
  @Test
  void crashesWhileRecoveringFromACrash() throws Exception {
    try (NodeInNamespace node = NodeInNamespace.open(dir);
        PluginServer plugin = node.plugin()) {
      Path target = node.target("u", "v");
      AgentProcess first = node.agentKilledAt(5, "u"); // bound, not yet recorded as mounted
      assertThat(node.mount(target)).isNotEqualTo(SUCCESS);
      assertThat(endOf(first, true)).isEqualTo("killed after bind");
      assertThat(node.mounts()).hasSize(1);

      List<String> moments = new ArrayList<>();
      for (int last : List.of(0, 1, 0)) {
        moments.add(endOf(AgentProcess.startKilledAt(last, "u", node.namespace(), dir), true));
      }
      node.agent("100s");

      assertThat(moments)
          .containsExactly(
              "killed before unmount", // of the target
              "killed after unmount",
              "killed before unmount"); // by the plugin
      node.awaitNothingLeft(plugin);
    }
  }

  private void assertRecovers(
      NodeInNamespace node, PluginServer plugin, Path target, Afterwards afterwards, String moment)
      throws Exception {
    if (afterwards == Afterwards.STAYS) {
      assertThat(node.mount(target)).as(moment).isEqualTo(SUCCESS);
      assertMountedOnce(node, plugin, target, moment);
    }
    assertThat(node.unmount(target)).as(moment).isEqualTo(SUCCESS);
    assertThat(node.mounts()).as(moment).isEmpty();
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(plugin.held()).as(moment).isEmpty());

    // what may be left is a record that waits for a late mount, and does no harm
    assertThat(node.mount(target)).as(moment).isEqualTo(SUCCESS);
    assertThat(node.unmount(target)).as(moment).isEqualTo(SUCCESS);
    node.assertNothingLeft(plugin);
  }

  private void assertMountedOnce(
      NodeInNamespace node, PluginServer plugin, Path target, String moment) throws Exception {
    assertThat(node.mounts()).as(moment).singleElement().asString().contains(" " + target + " ");
    assertThat(plugin.held())
        .as(moment)
        .containsExactly("v " + target.getName(target.getNameCount() - 4));
    assertThat(node.records()).as(moment).hasSize(1);
    Files.writeString(node.namespace().see(target).resolve("file"), moment);
    assertThat(dir.resolve("vols/v/file")).hasContent(moment);
  }

  /** At which moment it was killed, as it said itself; ends it when it was not. */
  private static String endOf(AgentProcess agent, boolean killed) throws Exception {
    if (!killed) {
      agent.kill();
      return "not killed";
    }
    assertThat(agent.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
    return Files.readAllLines(agent.log()).stream()
        .filter(line -> line.startsWith("killed "))
        .findFirst()
        .orElseThrow(() -> new AssertionError("it ended otherwise: " + agent.log()));
  }
}
