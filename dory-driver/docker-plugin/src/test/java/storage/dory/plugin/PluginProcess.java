// SPDX-License-Identifier: Apache-2.0
package storage.dory.plugin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** A plugin that a test runs as a process of its own. */
public final class PluginProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(30);
  private static final Duration END_LIMIT = Duration.ofSeconds(10);

  private final Process process;
  private final Path log;

  private PluginProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * Starts a plugin and waits until it answers.
   *
   * @param environment added to the test's own
   * @param log gets what it prints; replaced
   */
  public static PluginProcess start(
      List<String> command, Map<String, String> environment, Path socket, Path log)
      throws IOException {
    PluginProcess started = launch(command, environment, log);
    try {
      started.awaitAnswer(new UnixSocketPlugin(socket));
    } catch (ConditionTimeoutException e) {
      started.close();
      throw new IOException(command + " does not serve: " + started.output(), e);
    }
    if (!started.process.isAlive()) {
      throw new IOException(command + " ended: " + started.output());
    }
    return started;
  }

  /** Starts a plugin that need not come to serve. */
  public static PluginProcess launch(
      List<String> command, Map<String, String> environment, Path log) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    return new PluginProcess(builder.start(), log);
  }

  private void awaitAnswer(VolumePlugin plugin) {
    Awaitility.await("an answer of the plugin")
        .atMost(START_LIMIT)
        .pollInterval(Duration.ofMillis(50))
        .until(() ->
            !process.isAlive() || plugin.activate(Duration.ofSeconds(5)) instanceof Reply.Done<?>);
  }

  /** All it has printed. */
  public String output() throws IOException {
    return Files.readString(log);
  }

  /** Sends SIGTERM and answers the exit code. */
  public int terminate() {
    process.destroy();
    return exitCode();
  }

  public long pid() {
    return process.pid();
  }

  /** Sends SIGKILL. */
  public void kill() {
    process.destroyForcibly();
    exitCode();
  }

  /** Waits for the end and answers the exit code. */
  public int exitCode() {
    try {
      if (!process.waitFor(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("still running after " + END_LIMIT + ": " + process.info());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
    return process.exitValue();
  }

  /** Ends the plugin, by force when it does not end by itself. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
