// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.process;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.commons.exec.CommandLine;
import org.apache.commons.exec.DefaultExecutor;
import org.apache.commons.exec.ExecuteException;
import org.apache.commons.exec.ExecuteResultHandler;
import org.apache.commons.exec.PumpStreamHandler;

/**
 * A short command with a deadline. Both streams are read as one, as kubelet reads a driver's, and
 * the call ends when both are closed. When the limit is over, the process and all its descendants
 * are killed and the call returns.
 *
 * @param words program and arguments, handed on as they are
 * @param environment what is set beside this process's own environment
 */
public record Command(List<String> words, Map<String, String> environment) {
  private static final int LONGEST_OUTPUT = 16 << 20;

  public Command {
    words = List.copyOf(words);
    environment = Map.copyOf(environment);
  }

  /** A command with this process's environment. */
  public static Command of(String... words) {
    return new Command(List.of(words), Map.of());
  }

  /** A command with this process's environment. */
  public static Command of(List<String> words) {
    return new Command(words, Map.of());
  }

  /**
   * Runs it, without input. Blocks for at most the limit; never throws for what the command does.
   */
  public Ending run(Duration limit) {
    FirstBytes output = new FirstBytes();
    ProcessTree tree = new ProcessTree();
    try {
      int code = start(output, tree).get(limit.toNanos(), TimeUnit.NANOSECONDS);
      return new Ending.Ended(code, output.text());
    } catch (TimeoutException e) {
      tree.kill();
      return new Ending.CutOff(output.text());
    } catch (InterruptedException e) {
      tree.kill();
      Thread.currentThread().interrupt();
      return new Ending.CutOff(output.text());
    } catch (IOException | ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return new Ending.NotStarted(String.join(" ", words) + ": " + cause.getMessage());
    }
  }

  private CompletableFuture<Integer> start(OutputStream output, ProcessTree tree)
      throws IOException {
    CommandLine line = new CommandLine(words.getFirst());
    words.stream().skip(1).forEach(word -> line.addArgument(word, false));
    DefaultExecutor executor =
        DefaultExecutor.builder()
            .setExecuteStreamHandler(new PumpStreamHandler(output, output))
            .get();
    executor.setExitValues(null); // every code is an ending, none an exception
    executor.setProcessDestroyer(tree);
    Map<String, String> all = new java.util.HashMap<>(System.getenv());
    all.putAll(environment);
    CompletableFuture<Integer> exit = new CompletableFuture<>();
    executor.execute(
        line,
        all,
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

  /** Keeps the beginning of what a program prints and drops the rest. */
  private static final class FirstBytes extends OutputStream {
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

    @Override
    public synchronized void write(int b) {
      if (kept.size() < LONGEST_OUTPUT) {
        kept.write(b);
      }
    }

    synchronized String text() {
      return kept.toString(StandardCharsets.UTF_8);
    }
  }
}
