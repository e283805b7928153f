// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** The agent as it is shipped, with the memory it is given on a node. */
record AgentProcess(Process process, Path log) {
  static final Path DRIVER = Path.of("../driver/target/dory").toAbsolutePath().normalize();

  static AgentProcess start(PrivateNamespace namespace, Path dir, String callLimit)
      throws IOException {
    Path log = Files.createTempFile(dir, "agent", ".log");
    Process process =
        new ProcessBuilder(
                namespace.inside(
                    List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx32m",
                        "-Xss512k",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "storage.dory.agent.AgentMain",
                        "--socket=" + dir.resolve("agent.sock"),
                        "--state-dir=" + dir.resolve("state"),
                        "--plugin-sockets=" + dir.resolve("plugins"),
                        "--docker-socket=" + dir.resolve("docker.sock"),
                        "--driver-dir=" + dir.resolve("drv"),
                        "--driver-executable=" + DRIVER,
                        "--call-limit=" + callLimit)))
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
