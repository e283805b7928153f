// SPDX-License-Identifier: Apache-2.0
package storage.dory.driver;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.exec.CommandLine;
import org.apache.commons.exec.DefaultExecutor;
import org.apache.commons.exec.ExecuteWatchdog;
import org.apache.commons.exec.PumpStreamHandler;

/** The built executable, run with kubelet's argv. It starts no process, so the watchdog bounds. */
record Driver(Path executable, Path socket, Duration limit) {
  static final Path EXECUTABLE = Path.of("target", "dory").toAbsolutePath();

  private static final JsonMapper STRICT =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  Driver(Path socket, Duration limit) {
    this(EXECUTABLE, socket, limit);
  }

  /** The same under another path, beside which it looks for its settings. */
  Driver installedAt(Path other) throws IOException {
    return new Driver(Files.copy(EXECUTABLE, other), socket, limit);
  }

  /** What one run printed and how it ended. */
  record Run(int exit, String out, String err, Duration took) {
    JsonNode json() {
      try {
        return STRICT.readTree(out);
      } catch (IOException e) {
        throw new AssertionError("not exactly one JSON value: " + out, e);
      }
    }

    String status() {
      return json().path("status").asText();
    }

    String message() {
      return json().path("message").asText();
    }
  }

  Run run(String... args) throws IOException {
    return run(List.of(args));
  }

  Run run(List<String> args) throws IOException {
    CommandLine command = new CommandLine(executable.toString());
    args.forEach(arg -> command.addArgument(arg, false));
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    DefaultExecutor executor = DefaultExecutor.builder().get();
    executor.setStreamHandler(new PumpStreamHandler(out, err));
    executor.setWatchdog(ExecuteWatchdog.builder().setTimeout(Duration.ofSeconds(30)).get());
    executor.setExitValues(null);
    Map<String, String> environment = new HashMap<>();
    environment.put("DORY_AGENT_SOCKET", socket.toString());
    environment.put("DORY_DRIVER_LIMIT_MS", Long.toString(limit.toMillis()));
    long start = System.nanoTime();
    int exit = executor.execute(command, environment);
    return new Run(
        exit,
        out.toString(StandardCharsets.UTF_8),
        err.toString(StandardCharsets.UTF_8),
        Duration.ofNanos(System.nanoTime() - start));
  }
}
