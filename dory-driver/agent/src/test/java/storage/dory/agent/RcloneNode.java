// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A node with the real agent, driver and rclone, this one started as its image does, in a mount
 * namespace whose pods' directories are shared as a node's are.
 */
final class RcloneNode {
  static final String SUCCESS = "{\"status\":\"Success\"}\n";
  private static final Path ENTRYPOINT =
      Path.of("../../vcs-images/rclone-plugin/entrypoint").toAbsolutePath().normalize();

  private final Path dir;
  private final PrivateNamespace namespace;
  private final Path driver;
  private final Path data;
  private final List<Process> processes = new ArrayList<>();

  private RcloneNode(Path dir, PrivateNamespace namespace) throws IOException {
    this.dir = dir;
    this.namespace = namespace;
    this.driver = dir.resolve("drv/dory.storage~rclone/rclone");
    this.data = Files.createDirectory(dir.resolve("data"));
    Files.createDirectory(dir.resolve("plugins"));
    Files.createDirectory(dir.resolve("kubelet"));
  }

  static RcloneNode start(Path dir, PrivateNamespace namespace) throws Exception {
    RcloneNode node = new RcloneNode(dir, namespace);
    String kubelet = dir.resolve("kubelet").toString();
    assertThat(namespace.run("mount", "--bind", kubelet, kubelet)).isZero();
    assertThat(namespace.run("mount", "--make-shared", kubelet)).isZero();
    return node;
  }

  Path data() {
    return data;
  }

  PrivateNamespace namespace() {
    return namespace;
  }

  /** The volume client, serving. */
  Process rclone() throws Exception {
    Path log = Files.createTempFile(dir, "rclone", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(namespace.inside(List.of(ENTRYPOINT.toString())))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().put("DORY_PLUGIN_SOCKET", dir.resolve("plugins/rclone.sock").toString());
    builder.environment().put("DORY_VOLUMES", dir.resolve("vols").toString());
    builder.environment().put("DORY_STATE", dir.resolve("vcs").toString());
    builder.environment().put("RCLONE_CONFIG", "/dev/null");
    Process process = builder.start();
    processes.add(process);
    awaitLine(log, "ready");
    return process;
  }

  /** Sends a signal to rclone itself, not to the script that waits for it. */
  void signal(Process volumeClient, String signal) throws Exception {
    for (ProcessHandle each : volumeClient.descendants().toList()) {
      if (each.info().command().orElse("").endsWith("rclone")) {
        new ProcessBuilder("kill", "-" + signal, Long.toString(each.pid())).start().waitFor();
      }
    }
  }

  AgentProcess agent() throws Exception {
    AgentProcess agent = AgentProcess.start(namespace, dir, "20s");
    processes.add(agent.process());
    agent.awaitReady();
    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> Files.isExecutable(driver));
    Files.writeString(
        driver.resolveSibling("rclone.json"),
        "{\"dockerVolumePluginSocketPath\":\"" + dir.resolve("plugins/rclone.sock") + "\"}");
    return agent;
  }

  static void awaitLine(Path log, String words) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> Files.readString(log).contains(words));
  }

  /** A pod's directory, with a file in it that is seen when nothing is mounted there. */
  Path target(String pod) throws IOException {
    Path target = dir.resolve("kubelet/pods/" + pod + "/volumes/dory.storage~rclone/v");
    if (!Files.isDirectory(target)) {
      Files.createDirectories(target);
      Files.writeString(target.resolve("BARE"), "");
    }
    return target;
  }

  /** The pod's directory as its containers see it that start now. */
  Path see(String pod) throws IOException {
    return namespace.see(target(pod));
  }

  String mount(String pod, String mode) throws Exception {
    return call(
        "mount",
        target(pod).toString(),
        "{\"kubernetes.io/readwrite\":\""
            + mode
            + "\",\"kubernetes.io/pvOrVolumeName\":\"v\",\"remote\":\":local:"
            + data
            + "\"}");
  }

  String unmount(String pod) throws Exception {
    return call("unmount", target(pod).toString());
  }

  String call(String... args) throws Exception {
    List<String> command = new ArrayList<>(List.of(driver.toString()));
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("DORY_AGENT_SOCKET", dir.resolve("agent.sock").toString());
    Process process = builder.start();
    String reply = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).isZero();
    return reply;
  }

  /** A process in the namespace. */
  Process run(String... command) throws IOException {
    Process process = new ProcessBuilder(namespace.inside(List.of(command))).start();
    processes.add(process);
    return process;
  }

  List<Path> records() throws IOException {
    try (Stream<Path> files = Files.list(dir.resolve("state/mounts"))) {
      return files.toList();
    }
  }

  /** What is mounted at pods and by rclone. */
  String mounts() throws IOException {
    return namespace.mountsBelow(dir.resolve("kubelet/pods"))
        + namespace.mountsBelow(dir.resolve("vols"));
  }

  /** Ends what was started. */
  void end() throws Exception {
    for (Process each : processes) {
      each.descendants().forEach(ProcessHandle::destroyForcibly);
      each.destroyForcibly();
      each.waitFor(10, TimeUnit.SECONDS);
    }
  }
}
