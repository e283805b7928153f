// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A node of the test's own: a mount namespace, in it the real agent, and what kubelet would call
 * the real driver with. Directories outlive the namespace, as a disk does a reboot.
 */
final class NodeInNamespace implements AutoCloseable {
  static final String SUCCESS = "{\"status\":\"Success\"}\n";

  private final Path dir;
  private final List<Process> processes = new ArrayList<>();
  private PrivateNamespace namespace;

  private NodeInNamespace(Path dir, PrivateNamespace namespace) {
    this.dir = dir;
    this.namespace = namespace;
  }

  /** A node with no agent yet; the test is skipped where there can be none. */
  static NodeInNamespace open(Path dir) throws Exception {
    assumeTrue(
        Files.isExecutable(AgentProcess.DRIVER),
        "skipped: the driver is not built (" + AgentProcess.DRIVER + ")");
    Files.createDirectory(dir.resolve("plugins"));
    return new NodeInNamespace(dir, newNamespace(dir));
  }

  PrivateNamespace namespace() {
    return namespace;
  }

  PluginServer plugin() throws IOException {
    return new PluginServer(socket(), dir.resolve("vols"));
  }

  Path socket() {
    return dir.resolve("plugins/p.sock");
  }

  /** Beside the executable that the agent installs. */
  Path settings() {
    return driver().resolveSibling("p.json");
  }

  /** Started, serving, and its driver installed. */
  AgentProcess agent(String callLimit) throws Exception {
    return awaited(AgentProcess.start(namespace, dir, callLimit));
  }

  /** As {@link #agent}, where the locale says how names are written. */
  AgentProcess agentInLocale(String locale) throws Exception {
    return awaited(AgentProcess.startInLocale(locale, namespace, dir));
  }

  /** As {@link #agent}, but that it ends itself at that moment of what it does for that pod. */
  AgentProcess agentKilledAt(int moment, String pod) throws Exception {
    return awaited(AgentProcess.startKilledAt(moment, pod, namespace, dir));
  }

  /** A process of the node, to be ended with it. */
  Process start(String... command) throws IOException {
    Process process =
        new ProcessBuilder(namespace.inside(List.of(command)))
            .redirectErrorStream(true)
            .redirectOutput(Files.createTempFile(dir, "process", ".log").toFile())
            .start();
    processes.add(process);
    return process;
  }

  /** Everything running ends at once, every mount is gone, the disk stays. */
  void reboot() throws Exception {
    endProcesses();
    namespace.close();
    Files.delete(dir.resolve("probe"));
    namespace = newNamespace(dir);
    Path boot = Files.writeString(dir.resolve("boot-id"), UUID.randomUUID() + "\n");
    String kernels = "/proc/sys/kernel/random/boot_id";
    assertThat(namespace.run("mount", "--bind", boot.toString(), kernels)).isZero();
  }

  Path target(String pod, String volume) {
    return dir.resolve("kubelet/pods/" + pod + "/volumes/dory.storage~p/" + volume);
  }

  String mount(Path target) throws Exception {
    return call(
        "mount",
        target.toString(),
        new ObjectMapper()
            .createObjectNode()
            .put("kubernetes.io/readwrite", "rw")
            .put("kubernetes.io/pvOrVolumeName", target.getFileName().toString())
            .toString());
  }

  String unmount(Path target) throws Exception {
    return call("unmount", target.toString());
  }

  /** As kubelet: standard output and error together. */
  String call(String... args) throws Exception {
    return call(driver(), args);
  }

  /** As {@link #call(String...)}, of a driver at another place. */
  String call(Path executable, String... args) throws Exception {
    Process process = calling(executable, args);
    String reply = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).isZero();
    return reply;
  }

  /** A driver that is still at work. */
  Process calling(String... args) throws IOException {
    return calling(driver(), args);
  }

  private Process calling(Path executable, String... args) throws IOException {
    List<String> command = new ArrayList<>(List.of(executable.toString()));
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(Map.of("DORY_AGENT_SOCKET", dir.resolve("agent.sock").toString()));
    return builder.start();
  }

  /** The agent's records; what else lies beside them is one too many. */
  List<Path> records() throws IOException {
    try (Stream<Path> files = Files.list(namespace.see(dir.resolve("state/mounts")))) {
      return files.toList();
    }
  }

  /** What is mounted at pods, a line each. */
  List<String> mounts() throws IOException {
    return namespace.mountsBelow(dir.resolve("kubelet")).lines().toList();
  }

  void assertNothingLeft(PluginServer plugin) throws IOException {
    assertThat(mounts()).isEmpty();
    assertThat(records()).isEmpty();
    assertThat(plugin.held()).isEmpty();
  }

  /** As {@link #assertNothingLeft}, once the background has done its part. */
  void awaitNothingLeft(PluginServer plugin) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertNothingLeft(plugin));
  }

  @Override
  public void close() {
    endProcesses();
    namespace.close();
  }

  private AgentProcess awaited(AgentProcess agent) {
    processes.add(agent.process());
    agent.awaitReady();
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> Files.isExecutable(driver()));
    return agent;
  }

  private void endProcesses() {
    for (Process each : processes) {
      each.destroyForcibly().onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }
    processes.clear();
  }

  private Path driver() {
    return dir.resolve("drv/dory.storage~p/p");
  }

  private static PrivateNamespace newNamespace(Path dir) throws Exception {
    var opened = PrivateNamespace.open(dir);
    assumeTrue(
        opened.isPresent(),
        "skipped: neither root nor a user namespace that may mount (unshare, nsenter)");
    return opened.orElseThrow();
  }
}
