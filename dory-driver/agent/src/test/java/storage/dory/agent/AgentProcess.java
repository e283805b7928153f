// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** The agent as it is shipped, with the memory it is given on a node. */
record AgentProcess(Process process, Path log) {
  static final Path DRIVER = Path.of("../driver/target/dory").toAbsolutePath().normalize();

  static AgentProcess start(PrivateNamespace namespace, Path dir, String callLimit)
      throws IOException {
    return run(namespace, dir, List.of("storage.dory.agent.AgentMain"), callLimit);
  }

  /** One that ends itself at that moment of its life: see {@link KilledAgentMain}. */
  static AgentProcess startKilledAt(int moment, String pod, PrivateNamespace namespace, Path dir)
      throws IOException {
    return run(
        namespace,
        dir,
        List.of("storage.dory.agent.KilledAgentMain", Integer.toString(moment), pod),
        "100s");
  }

  /** One that is started where the locale says how names are written. */
  static AgentProcess startInLocale(String locale, PrivateNamespace namespace, Path dir)
      throws IOException {
    List<String> command = new ArrayList<>(List.of("env", "LC_ALL=" + locale));
    command.addAll(command(dir, List.of("storage.dory.agent.AgentMain"), "100s"));
    return start(namespace, dir, command);
  }

  private static AgentProcess run(
      PrivateNamespace namespace, Path dir, List<String> main, String callLimit)
      throws IOException {
    return start(namespace, dir, command(dir, main, callLimit));
  }

  private static List<String> command(Path dir, List<String> main, String callLimit) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + Path.of("src/main/jvm/options").toAbsolutePath(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path")));
    command.addAll(main);
    command.addAll(
        List.of(
            "--socket=" + dir.resolve("agent.sock"),
            "--state-dir=" + dir.resolve("state"),
            "--plugin-sockets=" + dir.resolve("plugins"),
            "--docker-socket=" + dir.resolve("docker.sock"),
            "--driver-dir=" + dir.resolve("drv"),
            "--driver-executable=" + DRIVER,
            "--call-limit=" + callLimit));
    return command;
  }

  private static AgentProcess start(PrivateNamespace namespace, Path dir, List<String> command)
      throws IOException {
    Path log = Files.createTempFile(dir, "agent", ".log");
    Process process =
        new ProcessBuilder(namespace.inside(command))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    return new AgentProcess(process, log);
  }

  void awaitReady() {
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> Files.readString(log).lines().anyMatch(line -> line.startsWith("ready")));
  }

  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Sends SIGTERM and answers the exit code. */
  int terminate(Duration limit) throws InterruptedException {
    process.destroy();
    if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("still running " + limit + " after SIGTERM");
    }
    return process.exitValue();
  }
}
