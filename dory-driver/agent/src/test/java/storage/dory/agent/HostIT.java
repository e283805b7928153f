// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The archive for hosts, unpacked and used as an administrator and kubelet use it, in a mount
 * namespace in which there is no Java.
 */
class HostIT {
  private static final String SUCCESS = "{\"status\":\"Success\"}\n";
  private static final Path BUILD = Path.of("../host/build").toAbsolutePath().normalize();

  @TempDir private static Path archives;

  @TempDir(factory = ShortTempDir.class)
  private Path dir;

  private Optional<PrivateNamespace> opened = Optional.empty();
  private Path home = Path.of("");
  private Path driver = Path.of("");

  private record Ended(int exit, String out) {}

  @BeforeAll
  static void build() throws Exception {
    Path java = Path.of(System.getProperty("java.home"));
    assumeTrue(Files.isExecutable(java.resolve("bin/jlink")), "skipped: no jlink in " + java);
    assumeTrue(
        Files.isExecutable(AgentProcess.DRIVER) && Files.exists(Path.of("target/dory-agent.jar")),
        "skipped: driver or agent is not packaged");
    ProcessBuilder builder = new ProcessBuilder(BUILD.toString(), "--archive", archives.toString());
    builder.environment().put("JAVA_HOME", java.toString());
    Ended built = run(builder, 300);
    assertThat(built.exit()).as(built.out()).isZero();
  }

  @BeforeEach
  void unpack() throws Exception {
    opened = PrivateNamespace.open(dir);
    assumeTrue(
        opened.isPresent(),
        "skipped: neither root nor a user namespace that may mount (unshare, nsenter)");
    Path hosts = Files.createDirectory(dir.resolve("opt"));
    Files.createDirectory(dir.resolve("plugins"));
    Ended unpacked =
        run(new ProcessBuilder("tar", "-xzf", archive().toString(), "-C", hosts.toString()), 120);
    assertThat(unpacked.exit()).as(unpacked.out()).isZero();
    home = hosts.resolve("dory-0.1.0");
    driver = dir.resolve("drv/dory.storage~p/p");
    Files.writeString(
        home.resolve("dory.properties"),
        String.join(
            "\n",
            "driver-dir=" + dir.resolve("drv"),
            "plugin-sockets=" + dir.resolve("plugins"),
            "docker-socket=" + dir.resolve("docker.sock"),
            "state-dir=" + dir.resolve("state/agent"),
            "socket=" + dir.resolve("run/agent.sock"),
            "units-dir=" + dir.resolve("units"),
            "agent-log=" + dir.resolve("agent.log")));
    Path nothing = Files.createDirectory(dir.resolve("nothing"));
    if (Files.isDirectory(Path.of("/usr/lib/jvm"))) {
      assertThat(namespace().run("mount", "--bind", nothing.toString(), "/usr/lib/jvm")).isZero();
    }
  }

  @AfterEach
  void end() throws Exception {
    for (ProcessHandle each : agents()) {
      each.destroyForcibly();
      each.onExit().get(10, TimeUnit.SECONDS);
    }
    opened.ifPresent(PrivateNamespace::close);
  }

  @Test
  void driverStartsTheAgentAndStartsItAgainAfterItWasKilled() throws Exception {
    try (PluginServer plugin = plugin()) {
      assertThat(install().out()).contains(driver.toString(), "started by the driver");
      assertThat(namespace().run("sh", "-c", "java -version")).as("no Java here").isNotZero();
      assertThat(agents()).isEmpty();
      assertThat(call("init")).contains("\"attach\":false");
      assertThat(agents()).as("init starts none").isEmpty();

      Path target = target("u1");
      assertThat(mount(target)).isEqualTo(SUCCESS);
      assertThat(mounts()).contains(" " + target + " ");
      ProcessHandle first = onlyAgent();
      first.destroyForcibly();
      first.onExit().get(10, TimeUnit.SECONDS);

      assertThat(call("unmount", target.toString())).isEqualTo(SUCCESS);
      assertThat(mounts()).isEmpty();
      assertThat(onlyAgent().pid()).isNotEqualTo(first.pid());
      assertThat(plugin.calls()).last().asString().startsWith("Unmount");
    }
  }

  @Test
  void agentHasTheOptionsItHasEverywhere() throws Exception {
    assertThat(home.resolve("app/agent-options"))
        .hasSameTextualContentAs(Path.of("src/main/jvm/options"));
    try (PluginServer plugin = plugin()) {
      install();
      assertThat(mount(target("u1"))).isEqualTo(SUCCESS);

      Path command = Path.of("/proc/" + onlyAgent().pid() + "/cmdline");
      List<String> arguments = List.of(Files.readString(command).split("\0"));
      assertThat(arguments)
          .contains("@" + home.resolve("app/agent-options"))
          .noneMatch(each -> each.startsWith("-X"));
      assertThat(call("unmount", target("u1").toString())).isEqualTo(SUCCESS);
      assertThat(plugin.held()).isEmpty();
    }
  }

  @Test
  void namesThatAreNotAsciiServeThoughNobodySaysWhatTheLocaleIs() throws Exception {
    assumeTrue(
        "UTF-8".equals(System.getProperty("sun.jnu.encoding")),
        "skipped: the locale of this machine has no such names");
    try (PluginServer plugin = plugin()) {
      install();
      Path target = dir.resolve("kubelet/pods/u1/volumes/dory.storage~p/\u00e9\u4e2d");

      assertThat(
              call(
                  "mount",
                  target.toString(),
                  "{\"kubernetes.io/readwrite\":\"rw\",\"kubernetes.io/pvOrVolumeName\":\"\u00e9\"}"))
          .isEqualTo(SUCCESS);
      assertThat(plugin.held()).containsExactly("\u00e9 u1");
      assertThat(mounts()).contains(" " + target + " ");
      assertThat(call("unmount", target.toString())).isEqualTo(SUCCESS);
      assertThat(mounts()).isEmpty();
    }
  }

  @Test
  void manyCallsAtOnceStartOneAgentAndLoseNothing() throws Exception {
    try (PluginServer plugin = plugin();
        var threads = Executors.newFixedThreadPool(16)) {
      install();
      List<Future<String>> replies = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        Path target = target("u" + i);
        replies.add(threads.submit(() -> mount(target)));
      }
      for (Future<String> each : replies) {
        assertThat(each.get(90, TimeUnit.SECONDS)).isEqualTo(SUCCESS);
      }
      onlyAgent();
      assertThat(plugin.calls().stream().filter(each -> each.startsWith("Mount"))).hasSize(16);
      for (int i = 0; i < 16; i++) {
        assertThat(call("unmount", target("u" + i).toString())).isEqualTo(SUCCESS);
      }
      assertThat(mounts()).isEmpty();
    }
  }

  @Test
  void uninstallRefusesWhileAVolumeIsMountedAndLeavesNothingAfterwards() throws Exception {
    try (PluginServer plugin = plugin()) {
      install();
      Path target = target("u1");
      assertThat(mount(target)).isEqualTo(SUCCESS);

      for (String what : List.of("--plugin=p", "--all")) {
        Ended refused = dory("uninstall", what);
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.out().lines()).singleElement().asString().contains(target.toString());
        assertThat(driver).isExecutable();
      }
      assertThat(call("unmount", target.toString())).isEqualTo(SUCCESS);

      Ended gone = dory("uninstall", "--all");
      assertThat(gone.exit()).as(gone.out()).isZero();
      assertThat(agents()).isEmpty();
      assertThat(plugin.calls()).isNotEmpty();
      // what is not Dory's: kubelet's pods, its directory of drivers, the plugin's files
      assertThat(names(dir.resolve("drv"))).isEmpty();
      assertThat(names(dir))
          .containsExactlyInAnyOrder(
              "drv", "kubelet", "nothing", "opt", "plugins", "probe", "vols");
    }
  }

  @Test
  void originalsWayOfInstallingServesToo() throws Exception {
    try (PluginServer plugin = plugin()) {
      driver = dir.resolve("drv/dev.hpe.com~nimble/nimble");
      Files.createDirectories(driver.resolveSibling("."));
      Files.copy(home.resolve("dory"), driver);
      Files.writeString(
          driver.resolveSibling("nimble.json"),
          "{\"dockerVolumePluginSocketPath\":\""
              + dir.resolve("plugins/p.sock")
              + "\",\"startAgent\":\""
              + home.resolve("bin/dory")
              + "\",\"logFilePath\":\""
              + dir.resolve("dory.log")
              + "\"}");
      Path target = dir.resolve("kubelet/pods/u1/volumes/dev.hpe.com~nimble/v");

      assertThat(mount(target)).isEqualTo(SUCCESS);
      assertThat(call("unmount", target.toString())).isEqualTo(SUCCESS);
      assertThat(plugin.calls()).last().asString().startsWith("Unmount");
      assertThat(dory("uninstall", "--plugin=nimble").out()).contains("was not installed");
      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(() -> assertThat(dir.resolve("dory.log")).content().contains("nimble"));
    }
  }

  @Test
  void settingsSomebodyHasWrittenAreKeptAndGoOnlyWhenThatIsSaid() throws Exception {
    Files.createDirectories(driver.resolveSibling("."));
    Path settings = driver.resolveSibling("p.json");
    Files.writeString(settings, "{\"createVolumes\":false}");

    assertThat(install().out()).contains("kept as it is", "startAgent");
    assertThat(settings).hasContent("{\"createVolumes\":false}");
    Ended refused = dory("uninstall", "--plugin", "p");
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.out()).contains("--with-settings");
    assertThat(dory("uninstall", "--plugin", "p", "--with-settings").exit()).isZero();
    assertThat(names(dir.resolve("drv"))).isEmpty();
  }

  @Test
  void wrongArgumentsAreNamedWithExitCode64AndBadNamesRefused() throws Exception {
    for (List<String> wrong :
        List.of(
            List.of("install"),
            List.of("uninstall"),
            List.of("install", "--plugin=p", "--vendor=No~Name"),
            List.of("install", "--plugin=p", "--start=magic"))) {
      Ended ended = dory(wrong.toArray(String[]::new));
      assertThat(ended.exit()).as(wrong.toString()).isEqualTo(64);
      assertThat(ended.out().lines()).hasSize(1);
    }
    Ended refused = dory("install", "--plugin=/run/x/..");
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.out()).contains("is no name of a driver");
    assertThat(names(dir)).doesNotContain("drv");
  }

  @Test
  void socketOfSystemdIsServedFromTheFirstCallOn() throws Exception {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/systemd-socket-activate")),
        "skipped: no systemd-socket-activate");
    try (PluginServer plugin = plugin()) {
      assertThat(dory("install", "--plugin", "p", "--start", "nobody").exit()).isZero();
      Path socket = Files.createDirectory(dir.resolve("run")).resolve("agent.sock");
      Process activator =
          new ProcessBuilder(
                  namespace()
                      .inside(
                          List.of(
                              "systemd-socket-activate",
                              "-l",
                              socket.toString(),
                              home.resolve("bin/dory").toString(),
                              "agent")))
              .redirectErrorStream(true)
              .redirectOutput(dir.resolve("activated.log").toFile())
              .start();
      try {
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> Files.exists(socket));
        assertThat(agents()).isEmpty();

        assertThat(mount(target("u1"))).isEqualTo(SUCCESS);
        assertThat(call("unmount", target("u1").toString())).isEqualTo(SUCCESS);
        onlyAgent().destroy();
        assertThat(activator.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(socket).as("the socket is systemd's").exists();
        assertThat(plugin.calls()).isNotEmpty();
      } finally {
        activator.destroyForcibly();
      }
    }
  }

  @Test
  void unitsAreUnderstoodBySystemdAndKeepMountsInTheHostsNamespaceAndItsDomain() throws Exception {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/systemd-analyze")), "skipped: no systemd-analyze");
    Path units = Files.createDirectory(dir.resolve("units"));
    for (String unit : List.of("dory-agent.service", "dory-agent.socket")) {
      Files.writeString(
          units.resolve(unit),
          Files.readString(home.resolve("systemd").resolve(unit))
              .replace("@HOME@", home.toString())
              .replace("@SOCKET@", "/run/dory/agent.sock"));
    }

    Ended verified =
        run(
            new ProcessBuilder(
                "systemd-analyze",
                "verify",
                units.resolve("dory-agent.service").toString(),
                units.resolve("dory-agent.socket").toString()),
            60);

    assertThat(verified.out().lines().filter(line -> line.contains("dory"))).isEmpty();
    assertThat(Files.readAllLines(units.resolve("dory-agent.service")))
        .noneMatch(
            line -> line.matches("(Private|Protect|ReadOnly|ReadWrite|Bind|Temporary|Mount).*=.*"))
        .as("a domain of SELinux is not entered with it")
        .noneMatch(line -> line.startsWith("NoNewPrivileges"))
        .as("what keeps the agent from starting may end")
        .contains("StartLimitIntervalSec=0");
  }

  private PrivateNamespace namespace() {
    return opened.orElseThrow();
  }

  private PluginServer plugin() throws IOException {
    return new PluginServer(dir.resolve("plugins/p.sock"), dir.resolve("vols"));
  }

  private Ended install() throws Exception {
    Ended installed = dory("install", "--plugin", "p", "--start", "driver");
    assertThat(installed.exit()).as(installed.out()).isZero();
    return installed;
  }

  private Ended dory(String... args) throws Exception {
    List<String> command = new ArrayList<>(List.of(home.resolve("bin/dory").toString()));
    command.addAll(List.of(args));
    return run(bare(command), 60);
  }

  private Path target(String pod) {
    return dir.resolve("kubelet/pods/" + pod + "/volumes/dory.storage~p/v");
  }

  private String mount(Path target) throws Exception {
    return call(
        "mount",
        target.toString(),
        "{\"kubernetes.io/readwrite\":\"rw\",\"kubernetes.io/pvOrVolumeName\":\"v\"}");
  }

  /** As kubelet: standard output and error together, until both are closed. */
  private String call(String... args) throws Exception {
    List<String> command = new ArrayList<>(List.of(driver.toString()));
    command.addAll(List.of(args));
    Ended ended = run(bare(command), 120);
    assertThat(ended.exit()).isZero();
    return ended.out();
  }

  /** In the namespace, with hardly any environment. */
  private ProcessBuilder bare(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(namespace().inside(command));
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    builder.environment().put("DORY_AGENT_SOCKET", dir.resolve("run/agent.sock").toString());
    return builder;
  }

  private static Ended run(ProcessBuilder builder, int seconds) throws Exception {
    Process process = builder.redirectErrorStream(true).start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(seconds, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), out);
  }

  private ProcessHandle onlyAgent() {
    assertThat(agents()).hasSize(1);
    return agents().getFirst();
  }

  /** Processes of this unpacked archive's agent. */
  private List<ProcessHandle> agents() {
    String java = home.resolve("runtime/bin/java").toString();
    return ProcessHandle.allProcesses()
        .filter(each -> each.info().command().filter(java::equals).isPresent())
        .toList();
  }

  private String mounts() throws IOException {
    return namespace().mountsBelow(dir.resolve("kubelet"));
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(each -> String.valueOf(each.getFileName())).toList();
    }
  }

  private static Path archive() throws IOException {
    try (Stream<Path> files = Files.list(archives)) {
      return files.filter(each -> each.toString().endsWith(".tar.gz")).findFirst().orElseThrow();
    }
  }
}
