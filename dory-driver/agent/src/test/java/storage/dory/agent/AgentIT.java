// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real agent and the real driver on real mounts, in a mount namespace of their own. The
 * directory is short because a socket's path must be.
 */
class AgentIT {
  private static final String SUCCESS = "{\"status\":\"Success\"}\n";

  @TempDir(factory = ShortTempDir.class)
  private Path dir;

  private final List<Process> processes = new ArrayList<>();
  private Optional<PrivateNamespace> opened = Optional.empty();
  private Path plugins = Path.of("");
  private Path driver = Path.of("");

  @BeforeEach
  void prepare() throws Exception {
    assumeTrue(
        Files.isExecutable(AgentProcess.DRIVER),
        "skipped: the driver is not built (" + AgentProcess.DRIVER + ")");
    opened = PrivateNamespace.open(dir);
    assumeTrue(
        opened.isPresent(),
        "skipped: neither root nor a user namespace that may mount (unshare, nsenter)");
    plugins = Files.createDirectory(dir.resolve("plugins"));
    driver = dir.resolve("drv/dory.storage~p/p");
  }

  @AfterEach
  void end() throws Exception {
    for (Process each : processes) {
      each.destroyForcibly();
      each.waitFor(10, TimeUnit.SECONDS);
    }
    opened.ifPresent(PrivateNamespace::close);
  }

  @Test
  void w7PlainDirectoryIsMountedWrittenUnmountedAndMountedAgain() throws Exception {
    try (PluginServer plugin = plugin()) {
      agent("100s");
      Path target = target("u1", "v");

      assertThat(mount(target, "rw")).isEqualTo(SUCCESS);
      assertThat(mounts()).contains(" " + target + " ");
      Files.writeString(namespace().see(target).resolve("file"), "content");
      assertThat(dir.resolve("vols/v/file")).hasContent("content");

      assertThat(mount(target, "rw")).as("second mount").isEqualTo(SUCCESS);
      assertThat(mounts()).containsOnlyOnce(" " + target + " ");

      assertThat(call("unmount", target.toString())).isEqualTo(SUCCESS);
      assertThat(mounts()).isEmpty();
      assertThat(call("unmount", target.toString())).as("second unmount").isEqualTo(SUCCESS);
      assertThat(records()).isEmpty();

      Path second = target("u2", "v");
      assertThat(mount(second, "rw")).isEqualTo(SUCCESS);
      assertThat(namespace().see(second).resolve("file")).hasContent("content");
      assertThat(plugin.calls())
          .filteredOn(each -> each.startsWith("Mount") || each.startsWith("Unmount"))
          .hasSize(3);
    }
  }

  @Test
  void w5ReadOnlyMountRefusesWrites() throws Exception {
    try (PluginServer plugin = plugin()) {
      agent("100s");
      Path target = target("u1", "v");

      assertThat(mount(target, "ro")).isEqualTo(SUCCESS);
      assertThatThrownBy(() -> Files.writeString(namespace().see(target).resolve("file"), "no"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("Read-only file system");
      assertThat(plugin.calls()).isNotEmpty();
    }
  }

  @Test
  void absentPluginIsNamedAtOnce() throws Exception {
    PluginServer plugin = plugin();
    agent("100s");
    plugin.close();
    Files.delete(plugins.resolve("p.sock"));
    long start = System.nanoTime();

    String reply = mount(target("u1", "v"), "rw");

    assertThat(reply).contains("Failure", plugins.resolve("p.sock").toString(), "volume client");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    assertThat(records()).isEmpty();
  }

  @Test
  void pluginThatNobodyServesIsNamedAtOnce() throws Exception {
    PluginServer plugin = plugin();
    agent("100s");
    plugin.close();
    long start = System.nanoTime();

    String reply = mount(target("u1", "v"), "rw");

    assertThat(reply).contains("Failure", plugins.resolve("p.sock").toString());
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void unmountSucceedsWithADeadPluginThatIsToldWhenItIsBack() throws Exception {
    PluginServer plugin = plugin();
    agent("100s");
    Path target = target("u1", "v");
    assertThat(mount(target, "rw")).isEqualTo(SUCCESS);
    plugin.close();

    assertThat(call("unmount", target.toString())).isEqualTo(SUCCESS);
    assertThat(mounts()).isEmpty();
    assertThat(records()).hasSize(1);

    Files.delete(plugins.resolve("p.sock"));
    try (PluginServer back = plugin()) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(records()).isEmpty());
      assertThat(back.calls()).singleElement().asString().contains("Unmount", "u1");
    }
  }

  @Test
  void hangingPluginIsAnsweredForWithinTheCallLimit() throws Exception {
    try (PluginServer plugin = plugin()) {
      agent("2s");
      plugin.hangAt("Mount");
      long start = System.nanoTime();

      assertThat(mount(target("u1", "v"), "rw")).contains("Failure", "no answer within");
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));

      plugin.recover();
      assertThat(mount(target("u1", "v"), "rw")).isEqualTo(SUCCESS);
    }
  }

  @Test
  void hangingPluginDoesNotKeepAPodFromGoing() throws Exception {
    try (PluginServer plugin = plugin()) {
      agent("2s");
      Path target = target("u1", "v");
      assertThat(mount(target, "rw")).isEqualTo(SUCCESS);
      plugin.hangAt("Unmount");
      long start = System.nanoTime();

      assertThat(call("unmount", target.toString())).isEqualTo(SUCCESS);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
      assertThat(mounts()).isEmpty();
    }
  }

  @Test
  void mountInterruptedByKillIsUndoneAfterTheRestart() throws Exception {
    try (PluginServer plugin = plugin()) {
      AgentProcess first = agent("100s");
      plugin.holdAt("Mount"); // and carried out when nobody waits for it any more
      Path target = target("u1", "v");
      try (var threads = Executors.newSingleThreadExecutor()) {
        Future<String> reply = threads.submit(() -> mount(target, "rw"));
        plugin.awaitHung();
        first.kill();
        assertThat(reply.get(20, TimeUnit.SECONDS)).contains("Failure");
      }
      assertThat(records()).hasSize(1);
      plugin.recover();

      agent("100s");
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(records()).isEmpty());
      assertThat(mounts()).isEmpty();
      assertThat(plugin.calls()).last().asString().contains("Unmount", "u1");
      assertThat(mount(target, "rw")).isEqualTo(SUCCESS);
    }
  }

  @Test
  void mountsSurviveAKilledAgent() throws Exception {
    try (PluginServer plugin = plugin()) {
      AgentProcess first = agent("100s");
      Path target = target("u1", "v");
      assertThat(mount(target, "rw")).isEqualTo(SUCCESS);
      first.kill();
      assertThat(mounts()).contains(" " + target + " ");

      agent("100s");
      assertThat(call("unmount", target.toString())).isEqualTo(SUCCESS);
      assertThat(mounts()).isEmpty();
      assertThat(plugin.calls()).last().asString().contains("Unmount", "u1");
    }
  }

  @Test
  void sigtermEndsItWithZeroAndLeavesMountsAlone() throws Exception {
    try (PluginServer plugin = plugin()) {
      AgentProcess agent = agent("100s");
      Path target = target("u1", "v");
      assertThat(mount(target, "rw")).isEqualTo(SUCCESS);

      assertThat(agent.terminate(Duration.ofSeconds(5))).isZero();
      assertThat(mounts()).contains(" " + target + " ");
      assertThat(dir.resolve("agent.sock")).doesNotExist();
      assertThat(plugin.calls()).noneMatch(each -> each.startsWith("Unmount"));
    }
  }

  @Test
  void sixtyFourCallsAtOnceAllSucceed() throws Exception {
    try (PluginServer plugin = plugin();
        var threads = Executors.newFixedThreadPool(64)) {
      agent("100s");
      List<Path> targets = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        targets.add(target("u" + i, "v" + i % 8));
      }

      List<Future<String>> replies =
          targets.stream().map(each -> threads.submit(() -> mount(each, "rw"))).toList();
      for (Future<String> each : replies) {
        assertThat(each.get(60, TimeUnit.SECONDS)).isEqualTo(SUCCESS);
      }
      String mounted = mounts();
      assertThat(targets).allMatch(each -> mounted.contains(" " + each + " "), "is mounted");

      List<Future<String>> unmounts =
          targets.stream()
              .map(each -> threads.submit(() -> call("unmount", each.toString())))
              .toList();
      for (Future<String> each : unmounts) {
        assertThat(each.get(60, TimeUnit.SECONDS)).isEqualTo(SUCCESS);
      }
      assertThat(mounts()).isEmpty();
      assertThat(records()).isEmpty();
      assertThat(plugin.calls().stream().filter(each -> each.startsWith("Unmount"))).hasSize(64);
    }
  }

  @Test
  void anythingOutsideOfPodsIsRefused() throws Exception {
    try (PluginServer plugin = plugin()) {
      agent("100s");

      assertThat(call("unmount", "/")).contains("Failure", "not a pod's volume directory");
      assertThat(call("mount", dir.resolve("elsewhere").toString(), "{}")).contains("Failure");
      assertThat(call("mount", target("u1", "v").toString(), "no json")).contains("Failure");
      assertThat(plugin.calls()).isEmpty();
    }
  }

  @Test
  void configShowsWhatIsInForce() throws Exception {
    try (PluginServer plugin = plugin()) {
      agent("100s");

      assertThat(call("config"))
          .startsWith("{\"status\":\"Success\",\"message\":\"Error processing option ")
          .contains("dockerVolumePluginSocketPath = " + plugins.resolve("p.sock") + "\\n")
          .contains("logFilePath = none", "createVolumes = false\\n", "Driver=p Version=0.1.0-")
          .endsWith("supportsCapabilities = true\"}\n");
      assertThat(plugin.calls()).isEmpty();
    }
  }

  @Test
  void w15CallsAreLoggedWithoutSecretsWhereTheSettingsSaySo() throws Exception {
    try (PluginServer plugin = plugin()) {
      agent("100s");
      Path log = dir.resolve("log/p.log");
      Files.writeString(
          driver.resolveSibling("p.json"),
          "{\"createVolumes\":false,\"logFilePath\":\""
              + log
              + "\",\"dockerVolumePluginSocketPath\":\"p\"}");
      Path target = target("u1", "v");

      String reply =
          call(
              "mount",
              target.toString(),
              "{\"kubernetes.io/readwrite\":\"rw\",\"kubernetes.io/pvOrVolumeName\":\"v\","
                  + "\"kubernetes.io/secret/password\":\"aHVudGVyMg==\",\"token\":\"hunter2\"}");

      assertThat(reply).isEqualTo(SUCCESS);
      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(() -> assertThat(log).content().hasLineCount(3));
      String form = "Info : \\d{4}/\\d\\d/\\d\\d \\d\\d:\\d\\d:\\d\\d dory:1: \\[[1-9]\\d*\\] .*";
      List<String> lines = Files.readAllLines(log);
      assertThat(lines).allSatisfy(line -> assertThat(line).matches(form));
      assertThat(lines.get(0))
          .contains("] entry  : Driver=p Version=0.1.0-", " Socket=p Overridden=true");
      assertThat(lines.get(1))
          .endsWith(
              "] request: mount ["
                  + target
                  + " {\"kubernetes.io/readwrite\":\"rw\",\"kubernetes.io/pvOrVolumeName\":\"v\","
                  + "\"kubernetes.io/secret/password\":\"***\",\"token\":\"***\"}]");
      assertThat(lines.get(2)).contains("] reply  : mount [").endsWith("]: " + SUCCESS.strip());
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log)))
          .isEqualTo("rw-------");
      assertThat(call("unmount", target.toString())).isEqualTo(SUCCESS);
      assertThat(plugin.calls()).isNotEmpty();
    }
  }

  @Test
  void whatTheDriverAnswersByItselfIsLoggedToo() throws Exception {
    try (PluginServer plugin = plugin()) {
      agent("100s");
      Path log = dir.resolve("log/p.log");
      Files.writeString(driver.resolveSibling("p.json"), "{\"logFilePath\":\"" + log + "\"}");

      assertThat(call("init")).contains("\"attach\":false");
      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(() -> assertThat(log).content().hasLineCount(3));
      assertThat(call("getvolumename", "{\"token\":\"hunter2\"}")).contains("Not supported");
      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> Files.exists(log) && Files.readAllLines(log).size() == 6);

      List<String> lines = Files.readAllLines(log);
      assertThat(lines.get(0)).contains("] entry  : Driver=p Version=0.1.0-");
      assertThat(lines.get(1)).endsWith("] request: init []");
      assertThat(lines.get(2))
          .endsWith(
              "] reply  : init []: {\"status\":\"Success\",\"capabilities\":{\"attach\":false}}");
      assertThat(lines.get(5))
          .endsWith(
              "] reply  : getvolumename [{\"token\":\"***\"}]:"
                  + " {\"status\":\"Not supported\",\"message\":\"Not supported.\"}");
      assertThat(plugin.calls()).isEmpty();
    }
  }

  @Test
  void attachOfKubernetes15MakesTheVolumeThatAMountWithADeviceBrings() throws Exception {
    try (PluginServer plugin = plugin()) {
      agent("100s");
      plugin.without("v");
      Files.writeString(
          driver.resolveSibling("p.json"), "{\"enable1.6\":true,\"fsTypeOption\":\"fs\"}");
      Path target = target("u1", "v");
      String options =
          "{\"kubernetes.io/fsType\":\"\",\"kubernetes.io/readwrite\":\"rw\","
              + "\"name\":\"v\",\"size\":\"5\"}";

      assertThat(call("init")).isEqualTo(SUCCESS);
      assertThat(call("attach", options, "node-1"))
          .isEqualTo("{\"status\":\"Not supported\",\"message\":\"Not supported.\"}\n");
      assertThat(plugin.calls())
          .last()
          .asString()
          .startsWith("Create ")
          .contains("\"Name\":\"v\"", "\"Opts\":{\"size\":\"5\"}");
      assertThat(call("mount", target.toString(), "/dev/sdb", options)).isEqualTo(SUCCESS);
      assertThat(mounts()).contains(" " + target + " ");
      assertThat(call("unmount", target.toString())).isEqualTo(SUCCESS);
      assertThat(plugin.calls()).filteredOn(each -> each.startsWith("Create")).hasSize(1);
    }
  }

  @Test
  void w22VolumeThatHasVanishedIsNotMadeAnewByADriverTheAgentInstalled() throws Exception {
    try (PluginServer plugin = plugin()) {
      agent("100s");
      plugin.without("v");

      assertThat(mount(target("u1", "v"), "rw")).contains("Failure", "to NOT create volumes");
      assertThat(plugin.calls()).noneMatch(each -> each.startsWith("Create"));
      assertThat(records()).isEmpty();
    }
  }

  @Test
  void w22VolumeOfAProvisionerIsNotMadeAnewThoughItsDriverMayMakeVolumes() throws Exception {
    try (PluginServer plugin = plugin()) {
      agent("100s");
      Files.writeString(
          driver.resolveSibling("p.json"),
          "{\"createVolumes\":true,\"dockerVolumePluginSocketPath\":\"p\"}");
      String ofTheKit =
          "{\"kubernetes.io/pvOrVolumeName\":\"v\",\"name\":\"v\",\"dory.storage/create-volume\":\"false\"}";
      Path target = target("u1", "v");

      assertThat(call("mount", target.toString(), ofTheKit)).isEqualTo(SUCCESS);
      assertThat(call("unmount", target.toString())).isEqualTo(SUCCESS);
      plugin.without("v");
      assertThat(call("mount", target.toString(), ofTheKit))
          .contains("Failure", "does not exist", "a provisioner had made it");
      assertThat(plugin.calls()).noneMatch(each -> each.startsWith("Create"));

      assertThat(mount(target, "rw")).as("an admin's own PV").isEqualTo(SUCCESS);
      assertThat(plugin.calls()).anyMatch(each -> each.startsWith("Create"));
    }
  }

  @Test
  void pluginIsFoundThroughTheAddressFileItsDriverNames() throws Exception {
    try (PluginServer plugin = plugin()) {
      agent("100s");
      Path address = dir.resolve("elsewhere.spec");
      Files.writeString(
          driver.resolveSibling("p.json"),
          "{\"createVolumes\":false,\"dockerVolumePluginSocketPath\":\"" + address + "\"}");
      Path target = target("u1", "v");

      assertThat(mount(target, "rw")).contains("Failure", address.toString());
      Files.writeString(address, "unix://" + plugins.resolve("p.sock"));
      assertThat(mount(target, "rw")).isEqualTo(SUCCESS);
      assertThat(call("unmount", target.toString())).isEqualTo(SUCCESS);
      assertThat(plugin.calls().getLast()).startsWith("Unmount");
    }
  }

  @Test
  void logThatCannotBeWrittenFailsNoCall() throws Exception {
    try (PluginServer plugin = plugin()) {
      agent("100s");
      Path blocked = Files.writeString(dir.resolve("blocked"), "a file, not a directory");
      Files.writeString(
          driver.resolveSibling("p.json"),
          "{\"createVolumes\":false,\"logFilePath\":\"" + blocked.resolve("p.log") + "\"}");
      Path target = target("u1", "v");

      assertThat(mount(target, "rw")).isEqualTo(SUCCESS);
      assertThat(call("unmount", target.toString())).isEqualTo(SUCCESS);
      assertThat(plugin.calls()).isNotEmpty();
    }
  }

  @Test
  void socketIsClosedToOthersAndBrokenRequestsAreAnswered() throws Exception {
    try (PluginServer plugin = plugin()) {
      agent("100s");

      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(dir.resolve("agent.sock"))))
          .isEqualTo("rw-------");
      assertThat(ask("not json\n")).contains("Failure");
      assertThat(ask("\n\n")).contains("Failure", "more than one line");
      assertThat(ask("{\"driver\":\"x\"")).contains("Failure", "no end");
      assertThat(ask("x".repeat((1 << 20) + 10))).contains("Failure", "larger than");
      assertThat(plugin.calls()).isEmpty();
    }
  }

  @Test
  void otherUsersAreRefusedEvenWhenTheSocketLetsThemIn() throws Exception {
    assumeTrue(namespace().isRoot(), "skipped: only root can be somebody else");
    try (PluginServer plugin = plugin()) {
      agent("100s");
      Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-xr-x"));
      Files.setPosixFilePermissions(
          dir.resolve("agent.sock"), PosixFilePermissions.fromString("rw-rw-rw-"));
      ProcessBuilder builder =
          new ProcessBuilder(
                  "setpriv", "--reuid=65534", "--clear-groups", driver.toString(), "config")
              .redirectErrorStream(true);
      builder.environment().put("DORY_AGENT_SOCKET", dir.resolve("agent.sock").toString());

      assertThat(new String(builder.start().getInputStream().readAllBytes(), UTF_8))
          .contains("Failure", "root and its own user only");
      assertThat(plugin.calls()).isEmpty();
    }
  }

  @Test
  void wrongFlagsAreNamedWithExitCode64() throws Exception {
    for (String wrong : List.of("--call-limit=soon", "--call-limit=9h", "--no-such=1")) {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  "storage.dory.agent.AgentMain",
                  wrong)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      String said = new String(process.getErrorStream().readAllBytes(), UTF_8);

      assertThat(process.waitFor()).isEqualTo(64);
      assertThat(said.lines()).singleElement().asString().contains(wrong.split("=", 2)[0]);
    }
  }

  @Test
  void secondAgentWithTheSameStateDoesNotStart() throws Exception {
    try (PluginServer plugin = plugin()) {
      agent("100s");
      AgentProcess second = AgentProcess.start(namespace(), dir, "100s");
      processes.add(second.process());

      assertThat(second.process().waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(second.process().exitValue()).isEqualTo(1);
      assertThat(call("config")).contains("Success");
      assertThat(plugin.calls()).isEmpty();
    }
  }

  @Test
  void rclonesPluginServesAndMayDie() throws Exception {
    assumeTrue(namespace().isRoot(), "skipped: rclone's plugin needs root");
    assumeTrue(
        namespace().run("sh", "-c", "command -v rclone && test -e /dev/fuse") == 0,
        "skipped: no rclone or no /dev/fuse");
    Path data = Files.createDirectory(dir.resolve("data"));
    Process rclone =
        new ProcessBuilder(
                namespace()
                    .inside(
                        List.of(
                            "rclone",
                            "serve",
                            "docker",
                            "--config",
                            "/dev/null",
                            "--socket-addr",
                            plugins.resolve("p.sock").toString(),
                            "--base-dir",
                            dir.resolve("vols").toString())))
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve("rclone.log").toFile())
            .start();
    processes.add(rclone);
    agent("100s");
    Path target = target("u1", "v");
    // the driver creates the volume when its settings say so
    Files.writeString(
        driver.resolveSibling("p.json"),
        "{\"dockerVolumePluginSocketPath\":\"" + plugins.resolve("p.sock") + "\"}");
    String options =
        "{\"kubernetes.io/pod.uid\":\"u1\",\"kubernetes.io/readwrite\":\"rw\","
            + "\"kubernetes.io/pvOrVolumeName\":\"v\",\"type\":\"local\",\"path\":\""
            + data
            + "\"}";

    assertThat(call("mount", target.toString(), options)).isEqualTo(SUCCESS);
    Files.writeString(namespace().see(target).resolve("file"), "content");
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(data.resolve("file")).hasContent("content"));
    assertThat(call("mount", target.toString(), options)).isEqualTo(SUCCESS);
    assertThat(call("unmount", target.toString())).isEqualTo(SUCCESS);
    assertThat(mounts()).isEmpty();
    assertThat(namespace().mountsBelow(dir.resolve("vols"))).isEmpty();
    assertThat(call("mount", target.toString(), options)).isEqualTo(SUCCESS);

    rclone.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    assertThat(call("unmount", target.toString())).isEqualTo(SUCCESS);
    assertThat(mounts()).isEmpty();
  }

  private PrivateNamespace namespace() {
    return opened.orElseThrow();
  }

  private PluginServer plugin() throws IOException {
    return new PluginServer(plugins.resolve("p.sock"), dir.resolve("vols"));
  }

  /** Started, serving, and its driver installed. */
  private AgentProcess agent(String callLimit) throws Exception {
    AgentProcess agent = AgentProcess.start(namespace(), dir, callLimit);
    processes.add(agent.process());
    agent.awaitReady();
    Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> Files.isExecutable(driver));
    return agent;
  }

  private Path target(String pod, String volume) {
    return dir.resolve("kubelet/pods/" + pod + "/volumes/dory.storage~p/" + volume);
  }

  private String mount(Path target, String mode) throws Exception {
    return call(
        "mount",
        target.toString(),
        "{\"kubernetes.io/readwrite\":\""
            + mode
            + "\",\"kubernetes.io/pvOrVolumeName\":\""
            + target.getFileName()
            + "\"}");
  }

  /** As kubelet: standard output and error together. */
  private String call(String... args) throws Exception {
    List<String> command = new ArrayList<>(List.of(driver.toString()));
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("DORY_AGENT_SOCKET", dir.resolve("agent.sock").toString());
    Process process = builder.start();
    String reply = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).isZero();
    return reply;
  }

  private String ask(String request) throws IOException {
    try (SocketChannel channel =
        SocketChannel.open(UnixDomainSocketAddress.of(dir.resolve("agent.sock")))) {
      ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.shutdownOutput();
      ByteBuffer reply = ByteBuffer.allocate(65536);
      while (channel.read(reply) > 0) {}
      return new String(reply.array(), 0, reply.position(), UTF_8);
    }
  }

  private List<Path> records() throws IOException {
    try (Stream<Path> files = Files.list(dir.resolve("state/mounts"))) {
      return files.toList();
    }
  }

  /** What is mounted at pods. */
  private String mounts() throws IOException {
    return namespace().mountsBelow(dir.resolve("kubelet"));
  }
}
