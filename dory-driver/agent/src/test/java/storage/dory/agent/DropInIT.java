// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static storage.dory.agent.NodeInNamespace.SUCCESS;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ours in place of the original, with what its administrator has laid out, on real mounts. */
class DropInIT {

  @TempDir(factory = ShortTempDir.class)
  private Path dir;

  /** A driver as its administrator named it, and the plugin it must talk to. */
  private record Installed(String directory, String named, PluginServer plugin) {}

  @Test
  void driversOfAnyVendorTalkEachToItsOwnPlugin() throws Exception {
    try (NodeInNamespace node = NodeInNamespace.open(dir);
        PluginServer one = new PluginServer(dir.resolve("plugins/one.sock"), dir.resolve("v1"));
        PluginServer two = new PluginServer(dir.resolve("plugins/two.sock"), dir.resolve("v2"));
        PluginServer three =
            new PluginServer(dir.resolve("plugins/three.sock"), dir.resolve("v3"));
        PluginServer ours = node.plugin()) {
      node.agent("100s");
      List<Installed> drivers =
          List.of(
              new Installed("dory~one", "", one),
              new Installed("dev.hpe.com~one", "two", two),
              new Installed("one~one", "two", two),
              new Installed("dory.storage~three", "", three));

      for (Installed each : drivers) {
        Path executable = install(each.directory(), each.named());
        Path target = dir.resolve("kubelet/pods/u/volumes/" + each.directory() + "/v");
        assertThat(node.call(executable, "mount", target.toString(), "{\"name\":\"vol\"}"))
            .as("%s", each)
            .isEqualTo(SUCCESS);
        assertThat(each.plugin().held()).as("%s", each).containsExactly("vol u");
        assertThat(node.mounts()).hasSize(1);
        assertThat(node.call(executable, "unmount", target.toString())).isEqualTo(SUCCESS);
        assertThat(each.plugin().held()).as("%s", each).isEmpty();
      }
      node.assertNothingLeft(ours);
      assertThat(ours.calls()).isEmpty();
      assertThat(List.of(one.calls().size(), two.calls().size(), three.calls().size()))
          .containsExactly(3, 6, 3);
    }
  }

  @Test
  void pluginIsAskedForNothingThatOldOnesDoNotServe() throws Exception {
    try (NodeInNamespace node = NodeInNamespace.open(dir);
        PluginServer plugin = node.plugin()) {
      node.agent("100s");
      Path target = node.target("u", "v");

      assertThat(node.call("init"))
          .isEqualTo("{\"status\":\"Success\",\"capabilities\":{\"attach\":false}}\n");
      assertThat(node.mount(target)).isEqualTo(SUCCESS);
      assertThat(node.unmount(target)).isEqualTo(SUCCESS);
      assertThat(plugin.calls().stream().map(each -> each.substring(0, each.indexOf(' '))))
          .containsExactly("Get", "Mount", "Unmount");
    }
  }

  @Test
  void attachAndMountOfKubernetes15Serve() throws Exception {
    try (NodeInNamespace node = NodeInNamespace.open(dir);
        PluginServer plugin = node.plugin()) {
      node.agent("100s");
      Path target = node.target("u", "pv");
      String options = "{\"name\":\"vol\",\"kubernetes.io/readwrite\":\"rw\"}";

      assertThat(node.call("attach", options, "node"))
          .isEqualTo("{\"status\":\"Not supported\",\"message\":\"Not supported.\"}\n");
      assertThat(node.call("mount", target.toString(), "/dev/none", options)).isEqualTo(SUCCESS);
      assertThat(plugin.held()).containsExactly("vol u");
      assertThat(node.unmount(target)).isEqualTo(SUCCESS);
      node.assertNothingLeft(plugin);
    }
  }

  @Test
  void mountAndBreadcrumbOfTheOriginalAreTakenOver() throws Exception {
    try (NodeInNamespace node = NodeInNamespace.open(dir);
        PluginServer plugin = node.plugin()) {
      node.agent("100s");
      Path volume = Files.createDirectories(dir.resolve("vols/v"));
      Path bound = Files.createDirectories(node.target("u1", "v"));
      Path device = Files.createDirectories(node.target("u2", "v"));
      assumeTrue(
          node.namespace().run("mount", "--bind", volume.toString(), bound.toString()) == 0
              && node.namespace().run("mount", "-t", "tmpfs", "none", device.toString()) == 0,
          "skipped: this kernel lets us not mount");
      plugin.hold("v", "u1");
      plugin.hold("v", "u2");
      Path crumb = Files.writeString(node.settings().resolveSibling(".v"), volume.toString());

      assertThat(node.unmount(bound)).isEqualTo(SUCCESS);
      assertThat(plugin.held()).containsExactly("v u2");
      assertThat(crumb).as("the other pod needs it").exists();
      assertThat(node.unmount(device)).isEqualTo(SUCCESS);
      node.assertNothingLeft(plugin);
      assertThat(crumb).doesNotExist();
    }
  }

  @Test
  void w7DirectoryBelowAMountOfThePluginServes() throws Exception {
    try (NodeInNamespace node = NodeInNamespace.open(dir);
        PluginServer plugin = node.plugin()) {
      node.agent("100s");
      String volumes = Files.createDirectory(dir.resolve("vols")).toString();
      assumeTrue(
          node.namespace().run("mount", "--bind", volumes, volumes) == 0,
          "skipped: this kernel lets us not mount");
      Path target = node.target("u", "v");

      assertThat(node.mount(target)).isEqualTo(SUCCESS);
      Files.writeString(node.namespace().see(target).resolve("file"), "content");
      assertThat(dir.resolve("vols/v/file")).hasContent("content");
      assertThat(node.unmount(target)).isEqualTo(SUCCESS);
      node.assertNothingLeft(plugin);
    }
  }

  @Test
  void configIsNotLogged() throws Exception {
    try (NodeInNamespace node = NodeInNamespace.open(dir);
        PluginServer plugin = node.plugin()) {
      AgentProcess agent = node.agent("100s");
      Path log = dir.resolve("p.log");
      Files.writeString(
          node.settings(),
          "{\"createVolumes\":false,\"dockerVolumePluginSocketPath\":\"p\",\"logFilePath\":\""
              + log
              + "\"}");

      assertThat(node.call("config")).contains("Success", log.toString());
      assertThat(node.unmount(node.target("u", "v"))).isEqualTo(SUCCESS);
      agent.process().destroy(); // which writes the lines that wait
      assertThat(agent.process().waitFor()).isZero();
      assertThat(log).content().contains("request: unmount").doesNotContain("config");
      assertThat(plugin.calls()).isEmpty();
    }
  }

  /** As an administrator of the original does it, who copies it and writes its settings. */
  private Path install(String directory, String plugin) throws Exception {
    String name = directory.substring(directory.indexOf('~') + 1);
    Path home = Files.createDirectories(dir.resolve("drv").resolve(directory));
    Path executable = home.resolve(name);
    if (!Files.exists(executable)) {
      Files.copy(AgentProcess.DRIVER, executable);
    }
    if (!plugin.isEmpty()) {
      Files.writeString(
          home.resolve(name + ".json"),
          "{\"dockerVolumePluginSocketPath\":\""
              + dir.resolve("plugins").resolve(plugin + ".sock")
              + "\",\"logFilePath\":\""
              + dir.resolve("log")
              + "\"}");
    } else {
      Files.writeString(
          home.resolve(name + ".json"), "{\"logFilePath\":\"" + dir.resolve("log") + "\"}");
    }
    return executable;
  }
}
