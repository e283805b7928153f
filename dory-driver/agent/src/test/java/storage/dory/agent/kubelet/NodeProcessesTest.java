// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeProcessesTest {
  @TempDir private Path proc;

  @BeforeEach
  void prepare() throws IOException {
    process("1", "host", "/sbin/init");
    Files.createDirectory(proc.resolve("1/root"));
    process("self", "own", "java");
    Files.createDirectory(proc.resolve("sys"));
    process("70", "own", "");
  }

  @Test
  void kubeletOfTheHostLeadsToTheHostsDirectory() throws IOException {
    process("31", "host", "/usr/bin/kubelet", "--volume-plugin-dir=/v/p");

    assertThat(new NodeProcesses(proc).kubelet())
        .hasValueSatisfying(found -> {
          assertThat(found.drivers()).isEqualTo(proc.resolve("1/root/v/p"));
          assertThat(found.directories().drivers()).isEqualTo(Path.of("/v/p"));
        });
  }

  @Test
  void whereTheFirstProcessLetsNobodyInTheNextThatSeesWhatKubeletSeesDoes() throws IOException {
    Files.delete(proc.resolve("1/root"));
    process("9", "elsewhere", "other");
    process("12", "host", "containerd");
    process("31", "host", "/usr/bin/kubelet", "--volume-plugin-dir=/v/p");
    for (String id : List.of("9", "12", "31")) {
      Files.createDirectory(proc.resolve(id + "/root"));
    }

    assertThat(new NodeProcesses(proc).kubelet().map(NodeProcesses.Found::drivers))
        .hasValue(proc.resolve("12/root/v/p"));
  }

  @Test
  void kubeletBesideUsHasItsDirectoryWhereWeSeeIt() throws IOException {
    process("31", "own", "/usr/bin/kubelet", "--volume-plugin-dir=/v/p");

    assertThat(new NodeProcesses(proc).kubelet().map(NodeProcesses.Found::drivers))
        .hasValue(Path.of("/v/p"));
  }

  @Test
  void configurationIsReadAsKubeletSeesIt() throws IOException {
    process("31", "host", "kubelet", "--config=/c/kubelet.yaml");
    Path config = proc.resolve("31/root/c/kubelet.yaml");
    Files.createDirectories(config.resolveSibling("."));
    Files.writeString(config, "volumePluginDir: /from/file");

    assertThat(new NodeProcesses(proc).kubelet().map(NodeProcesses.Found::drivers))
        .hasValue(proc.resolve("1/root/from/file"));
  }

  @Test
  void ofSeveralTheFirstStartedCounts() throws IOException {
    process("412", "own", "kubelet", "--volume-plugin-dir=/nested");
    process("99", "own", "kubelet", "--volume-plugin-dir=/nodes");

    assertThat(new NodeProcesses(proc).kubelet().map(NodeProcesses.Found::drivers))
        .hasValue(Path.of("/nodes"));
  }

  @Test
  void withoutKubeletThereIsNothing() {
    assertThat(new NodeProcesses(proc).kubelet()).isEmpty();
    assertThat(new NodeProcesses(proc.resolve("no")).kubelet()).isEmpty();
  }

  @Test
  void rootThatIsNotHereIsSeen() throws IOException {
    process("31", "own", "kubelet", "--root-dir=" + proc.resolve("kubelet-root"));
    assertThat(new NodeProcesses(proc).kubelet().map(NodeProcesses.Found::rootIsHere))
        .hasValue(false);

    Files.createDirectory(proc.resolve("kubelet-root"));
    assertThat(new NodeProcesses(proc).kubelet().map(NodeProcesses.Found::rootIsHere))
        .hasValue(true);
  }

  private void process(String id, String namespace, String... argv) throws IOException {
    Path directory = Files.createDirectories(proc.resolve(id));
    Files.writeString(directory.resolve("cmdline"), String.join("\0", argv) + "\0");
    Files.createDirectories(directory.resolve("ns"));
    Files.createSymbolicLink(directory.resolve("ns/mnt"), Path.of("mnt:[" + namespace + "]"));
  }
}
