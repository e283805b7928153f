// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** One run of the real program in a process of its own, as in a pod. */
final class KitRun {
  private static final long LIMIT_SECONDS = 60;

  private final Process process;
  private final Path output;
  private final Path terminationLog;

  private KitRun(Process process, Path output, Path terminationLog) {
    this.process = process;
    this.output = output;
    this.terminationLog = terminationLog;
  }

  /** Starts the program with these properties. */
  static KitRun start(Path directory, Map<String, String> environment, Map<String, String> files)
      throws IOException {
    Path run = Files.createTempDirectory(directory, "run");
    Path properties = Files.createDirectory(run.resolve("properties"));
    for (Map.Entry<String, String> each : files.entrySet()) {
      Files.writeString(properties.resolve(each.getKey()), each.getValue());
    }
    List<String> command = new ArrayList<>();
    command.add(Objects.requireNonNull(System.getProperty("java.home")) + "/bin/java");
    command.addAll(
        Arrays.asList(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            Objects.requireNonNull(System.getProperty("java.class.path")),
            KitMain.class.getName()));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(run.resolve("output").toFile());
    builder.environment().keySet().removeAll(List.of("KUBERNETES_SERVICE_HOST", "NODE_NAME"));
    builder.environment().putAll(environment);
    builder.environment().put("DORY_PROPERTIES", properties.toString());
    builder.environment().put("DORY_TERMINATION_LOG", run.resolve("termination-log").toString());
    return new KitRun(builder.start(), run.resolve("output"), run.resolve("termination-log"));
  }

  /** The exit code. */
  int code() throws InterruptedException {
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException("the kit did not end within " + LIMIT_SECONDS + " s");
    }
    return process.exitValue();
  }

  /** Kills it as a node that goes down does. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Tells it to stop, as kubelet does. */
  void stop() {
    process.destroy();
  }

  String output() throws IOException {
    return Files.readString(output);
  }

  String reason() throws IOException {
    return Files.exists(terminationLog) ? Files.readString(terminationLog) : "";
  }
}
