// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static storage.dory.agent.NodeInNamespace.SUCCESS;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a plugin is still to be told keeps no pod from its next volume. */
class DebtIT {
  @TempDir(factory = ShortTempDir.class)
  private Path dir;

  @Test
  void anotherVolumeIsMountedWhereAPluginRefusesToUnmountTheLast() throws Exception {
    try (NodeInNamespace node = NodeInNamespace.open(dir);
        PluginServer plugin = node.plugin()) {
      AgentProcess first = node.agent("100s");
      Path target = node.target("u", "v");
      assertThat(node.mount(target)).isEqualTo(SUCCESS);
      plugin.clingTo("v");
      assertThat(node.unmount(target)).isEqualTo(SUCCESS);

      assertThat(mount(node, target, "w")).isEqualTo(SUCCESS);

      Files.writeString(node.namespace().see(target).resolve("file"), "of w");
      assertThat(dir.resolve("vols/w/file")).hasContent("of w");
      assertThat(plugin.held()).containsExactlyInAnyOrder("v u", "w u");
      assertThat(node.records()).as("mount and debt").hasSize(2);
      first.kill();
      node.agent("100s");
      assertThat(node.mounts()).hasSize(1);
      assertThat(node.unmount(target)).isEqualTo(SUCCESS);
      assertThat(plugin.held()).containsExactly("v u");
      plugin.letGoOf("v");
      node.awaitNothingLeft(plugin);
      assertThat(target.getParent()).isDirectoryNotContaining("glob:**.owed*");
    }
  }

  private static String mount(NodeInNamespace node, Path target, String volume) throws Exception {
    return node.call(
        "mount",
        target.toString(),
        new ObjectMapper()
            .createObjectNode()
            .put("kubernetes.io/pvOrVolumeName", target.getFileName().toString())
            .put("name", volume)
            .toString());
  }
}
