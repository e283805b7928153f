// SPDX-License-Identifier: Apache-2.0
package storage.dory.local.host;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.commons.exec.CommandLine;
import org.apache.commons.exec.DefaultExecutor;
import org.apache.commons.exec.ExecuteException;
import org.apache.commons.exec.ExecuteResultHandler;
import org.apache.commons.exec.ProcessDestroyer;
import org.apache.commons.exec.PumpStreamHandler;
import org.jspecify.annotations.Nullable;

/**
 * Runs programs, each within a limit.
 *
 * <p>When the limit is over the process and all its descendants are killed and the call returns,
 * even when one of them cannot die yet. The executor's own watchdog would kill only the child and
 * then wait for whoever still holds its output.
 */
public final class Processes {
  private static final int LONGEST_OUTPUT = 8 << 10;

  private final Duration limit;

  /**
   * @param limit how long one program may take
   */
  public Processes(Duration limit) {
    this.limit = limit;
  }

  /**
   * Runs a program to its end and returns when it ended with 0.
   *
   * @throws IOException when it could not be started, ended with another code or was cut off; the
   *     message holds the command and what it printed
   */
  public void run(String program, String... arguments) throws IOException {
    CommandLine command = new CommandLine(program);
    for (String argument : arguments) {
      command.addArgument(argument, false);
    }
    String shown = program + " " + String.join(" ", arguments);
    FirstBytes output = new FirstBytes();
    Tree tree = new Tree();
    CompletableFuture<Integer> exit = start(command, output, tree);
    try {
      int code = exit.get(limit.toNanos(), TimeUnit.NANOSECONDS);
      if (code != 0) {
        throw new IOException(shown + ": exit code " + code + ": " + output.oneLine());
      }
    } catch (TimeoutException e) {
      tree.kill();
      throw new IOException(shown + ": not done within " + limit.toSeconds() + " s, killed", e);
    } catch (InterruptedException e) {
      tree.kill();
      Thread.currentThread().interrupt();
      throw new IOException(shown + ": killed, the plugin is stopping", e);
    } catch (ExecutionException e) {
      throw new IOException(shown + ": " + rootMessage(e), e);
    }
  }

  private static CompletableFuture<Integer> start(
      CommandLine command, OutputStream output, ProcessDestroyer tree) throws IOException {
    DefaultExecutor executor =
        DefaultExecutor.builder()
            .setExecuteStreamHandler(new PumpStreamHandler(output, output))
            .get();
    executor.setExitValues(null); // every code is an ending, none an exception
    executor.setProcessDestroyer(tree);
    CompletableFuture<Integer> exit = new CompletableFuture<>();
    executor.execute(
        command,
        new ExecuteResultHandler() {
          @Override
          public void onProcessComplete(int code) {
            exit.complete(code);
          }

          @Override
          public void onProcessFailed(ExecuteException e) {
            exit.completeExceptionally(e);
          }
        });
    return exit;
  }

  private static String rootMessage(Throwable e) {
    Throwable root = e;
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      root = cause;
    }
    return String.valueOf(root.getMessage());
  }

  /** The process of one run, which may turn up only after it was to be killed. */
  private static final class Tree implements ProcessDestroyer {
    private @Nullable Process process;
    private boolean killed;

    @Override
    public synchronized boolean add(Process started) {
      process = started;
      if (killed) {
        kill();
      }
      return true;
    }

    @Override
    public synchronized boolean remove(Process ended) {
      process = null;
      return true;
    }

    @Override
    public synchronized int size() {
      return process == null ? 0 : 1;
    }

    synchronized void kill() {
      killed = true;
      if (process != null) {
        List<ProcessHandle> below = process.descendants().toList();
        process.destroyForcibly();
        below.forEach(ProcessHandle::destroyForcibly);
      }
    }
  }

  /** Keeps the beginning of what a program prints and drops the rest. */
  private static final class FirstBytes extends OutputStream {
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

    @Override
    public synchronized void write(int b) {
      if (kept.size() < LONGEST_OUTPUT) {
        kept.write(b);
      }
    }

    synchronized String oneLine() {
      return kept.toString(StandardCharsets.UTF_8).replaceAll("\\s+", " ").strip();
    }
  }
}
