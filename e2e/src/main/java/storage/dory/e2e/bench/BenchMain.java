// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The benches; started by the script {@code e2e/bench}. */
@Command(
    name = "e2e/bench",
    mixinStandardHelpOptions = true,
    description = "Measures the driver, or claims. Progress goes to stderr, the table to stdout.")
public final class BenchMain {
  private static final int WRONG_FLAGS = 64;
  private static final int TOLD_TO_END = 130;
  private static final int CLEANING_SECONDS = 180;

  @Option(
      names = "--end-with-input",
      hidden = true,
      scope = CommandLine.ScopeType.INHERIT,
      description = "end when stdin is closed")
  private boolean endWithInput;

  private final PrintStream out =
      new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
  private final PrintStream err =
      new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
  private final CountDownLatch done = new CountDownLatch(1);

  public static void main(String[] arguments) {
    BenchMain main = new BenchMain();
    System.exit(main.run(arguments));
  }

  private int run(String[] arguments) {
    CommandLine line = new CommandLine(this);
    line.addSubcommand(new DriverCommand());
    line.addSubcommand(new ClaimsCommand());
    line.getSubcommands()
        .values()
        .forEach(one -> one.getCommandSpec().mixinStandardHelpOptions(true));
    line.setParameterExceptionHandler((problem, _) -> {
      err.println("e2e/bench: " + problem.getMessage());
      return WRONG_FLAGS;
    });
    line.setExecutionStrategy(parsed -> {
      Integer help = CommandLine.executeHelpRequest(parsed);
      if (help != null) {
        return help;
      }
      List<CommandLine> all = parsed.asCommandLineList();
      return all.getLast().getCommand() instanceof Bench bench ? run(bench) : noBench();
    });
    return line.execute(arguments);
  }

  private int noBench() {
    err.println("e2e/bench: say which, driver or claims; see e2e/bench --help");
    return WRONG_FLAGS;
  }

  private int run(Bench bench) {
    Optional<String> wrong = bench.wrongUse();
    if (wrong.isPresent()) {
      err.println("e2e/bench: " + wrong.get());
      return WRONG_FLAGS;
    }
    Thread running = Thread.currentThread();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(running), "end"));
    if (endWithInput) {
      Thread.ofPlatform().daemon().name("input").start(BenchMain::awaitEndOfInput);
    }
    try {
      Path work = WorkDirectory.create();
      boolean removable = false;
      try {
        boolean good = bench.run(work, out, new Progress(err, System::nanoTime));
        removable = good;
        return good ? 0 : 1;
      } catch (InterruptedException e) {
        removable = true;
        err.println("ended before it was done");
        return TOLD_TO_END;
      } finally {
        if (removable) {
          WorkDirectory.remove(work);
        } else {
          err.println("logs are in " + work);
        }
      }
    } catch (BenchFailed | KubernetesClientException | IOException e) {
      err.println("e2e/bench: " + e.getMessage());
      return 1;
    } finally {
      done.countDown();
    }
  }

  /** On a signal: lets the bench clean up before the process goes. */
  private void end(Thread running) {
    if (done.getCount() > 0) {
      err.println("told to end: cleaning up");
      running.interrupt();
    }
    try {
      if (!done.await(CLEANING_SECONDS, TimeUnit.SECONDS)) {
        err.println("not everything was cleaned up within " + CLEANING_SECONDS + " s");
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
    System.exit(TOLD_TO_END);
  }

  /** Where a run keeps its files. */
  private static final class WorkDirectory {
    /** Below which FlexVolume drivers expect pods' directories; some know no other. */
    private static final Path USUAL = Path.of("/var/lib");

    private static Path create() throws IOException {
      Path below =
          Files.isWritable(USUAL) ? USUAL : Path.of(System.getProperty("java.io.tmpdir", "/tmp"));
      return Files.createTempDirectory(below, "dory-bench-");
    }

    private static void remove(Path work) throws IOException {
      try (Stream<Path> all = Files.walk(work)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(path);
        }
      }
    }
  }
}
