// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import storage.dory.e2e.process.Checkout;

/** The demo; started by the script {@code demo}, which gives it a mount namespace of its own. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = "One claim, from a ConfigMap to a mounted volume and back to nothing.")
public final class DemoMain implements Callable<Integer> {
  private static final int WRONG_FLAGS = 64;

  /** Of a path below which sockets lie: the system allows a socket's path 107 bytes. */
  private static final int LONGEST_WORK = 60;

  @Option(names = "--keep", description = "leave everything running and say how to look at it")
  private boolean keep;

  @Option(names = "--kubeconfig", description = "run on this cluster instead of the embedded one")
  private @Nullable Path kubeconfig;

  @Option(names = "--look-by", hidden = true, description = "command prefix that sees our mounts")
  private String lookBy = "";

  @Option(names = "--end-by", hidden = true, description = "process to kill to end everything")
  private String endBy = "";

  @Option(names = "--end-with-input", hidden = true, description = "end when stdin is closed")
  private boolean endWithInput;

  private final PrintStream out =
      new PrintStream(
          new java.io.FileOutputStream(java.io.FileDescriptor.out), true, StandardCharsets.UTF_8);

  private final CountDownLatch done = new CountDownLatch(1);

  public static void main(String[] arguments) {
    CommandLine line = new CommandLine(new DemoMain());
    line.setParameterExceptionHandler((problem, _) -> {
      line.getErr().println(problem.getMessage());
      return WRONG_FLAGS;
    });
    System.exit(line.execute(arguments));
  }

  /** Runs the demo; 0 only when every step passed. */
  @Override
  public Integer call() throws InterruptedException, IOException {
    Thread running = Thread.currentThread();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> endBy(running), "end"));
    if (endWithInput) {
      Thread.ofPlatform().daemon().name("input").start(DemoMain::awaitEndOfInput);
    }
    try {
      if (kubeconfig != null) {
        new ClusterDemo(Checkout.current(), kubeconfig, out, keep).run();
      } else if (keep) {
        new EmbeddedDemo(Checkout.current(), workDirectory(), out).keep(lookBy, endBy);
      } else {
        new EmbeddedDemo(Checkout.current(), workDirectory(), out).run();
      }
      return 0;
    } catch (StepFailed e) {
      out.println();
      out.println(e.getMessage());
      return 1;
    } catch (InterruptedException e) {
      out.println("ended; nothing is left running");
      return 130;
    } finally {
      done.countDown();
    }
  }

  private static Path workDirectory() throws IOException {
    Path work = Files.createTempDirectory("dory-");
    return work.toString().length() <= LONGEST_WORK
        ? work
        : Files.createTempDirectory(Path.of("/tmp"), "dory-");
  }

  /** On a signal: lets the demo end what it started before the process goes. */
  private void endBy(Thread running) {
    running.interrupt();
    try {
      if (!done.await(20, TimeUnit.SECONDS)) {
        out.println("not everything ended in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void awaitEndOfInput() {
    try {
      while (System.in.read() >= 0) {
        // nothing is read from people; only the end matters
      }
    } catch (IOException e) {
      // no input any more is the end as well
    }
    System.exit(130);
  }
}
