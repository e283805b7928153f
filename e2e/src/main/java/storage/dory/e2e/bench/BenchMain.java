// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import storage.dory.e2e.process.Checkout;

/** The benchmarks; started by the script {@code e2e/bench}. */
@Command(name = "bench", mixinStandardHelpOptions = true, description = "Benchmarks of Dory.")
public final class BenchMain {
  private static final int WRONG_FLAGS = 64;

  private BenchMain() {}

  public static void main(String[] arguments) {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    CommandLine line =
        new CommandLine(new BenchMain())
            .addSubcommand(new DriverBench(Checkout.current(), out))
            .addSubcommand(new ClaimsBench(Checkout.current(), out));
    line.setParameterExceptionHandler((problem, _) -> {
      line.getErr().println(problem.getMessage());
      return WRONG_FLAGS;
    });
    line.setExecutionExceptionHandler((failure, _, _) -> {
      line.getErr().println(failure.getMessage());
      return 1;
    });
    System.exit(line.execute(arguments));
  }
}
