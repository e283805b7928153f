// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/** A program that was started and whose output goes to a log file. Closing ends it and its tree. */
public final class RunningProgram implements AutoCloseable {
  private static final Duration GRACE = Duration.ofSeconds(6);

  private final String name;
  private final Path log;
  private final Process process;

  private RunningProgram(String name, Path log, Process process) {
    this.name = name;
    this.log = log;
    this.process = process;
  }

  /**
   * Starts a program.
   *
   * @param environment set beside this process's own
   * @param log both streams are appended to it
   * @throws IOException when the system refuses
   */
  public static RunningProgram start(
      String name, List<String> command, Map<String, String> environment, Path log)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    return new RunningProgram(name, log, builder.start());
  }

  /** What people call it. */
  public String name() {
    return name;
  }

  /** Where its output goes. */
  public Path log() {
    return log;
  }

  /** Its process id. */
  public long pid() {
    return process.pid();
  }

  /** Whether it still runs. */
  public boolean running() {
    return process.isAlive();
  }

  /** Its exit code, empty while it runs. */
  public OptionalInt exitCode() {
    return process.isAlive() ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
  }

  /** Waits for its end; empty when it still runs after the limit. */
  public OptionalInt awaitEnd(Duration limit) throws InterruptedException {
    return process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS)
        ? OptionalInt.of(process.exitValue())
        : OptionalInt.empty();
  }

  /** The first line of its log that starts with {@code ready}, empty before it is there. */
  public Optional<String> readyLine() {
    try (var lines = Files.lines(log, StandardCharsets.UTF_8)) {
      return lines.filter(line -> line.startsWith("ready")).findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Kills this process alone, at once, as an out-of-memory kill would. */
  public void crash() {
    process.destroyForcibly();
  }

  /** Kills it and all that it started, and waits for its end. */
  public void kill() {
    ProcessTree.kill(process.toHandle());
    awaitQuietly(GRACE);
  }

  /** SIGTERM, six seconds, then SIGKILL to it and all that it started. */
  @Override
  public void close() {
    List<ProcessHandle> below = process.descendants().toList();
    process.destroy();
    awaitQuietly(GRACE);
    if (process.isAlive()) {
      kill();
    }
    below.forEach(ProcessHandle::destroyForcibly);
  }

  private void awaitQuietly(Duration limit) {
    try {
      process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
