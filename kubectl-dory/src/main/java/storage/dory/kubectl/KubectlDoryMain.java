// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program behind {@code kubectl dory}. */
@Command(
    name = "kubectl dory",
    mixinStandardHelpOptions = true,
    version = "0.1.0",
    description = "Looks at claims, ConfigMaps and volumes of Dory.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done, nothing found that needs a person",
      "1:done, and something was found: a claim that is not Bound, a refused ConfigMap, an orphan, a"
          + " record without a good seal",
      "2:not done: a right is missing, no such object, no API server",
      "64:wrong flags"
    })
public final class KubectlDoryMain implements Runnable {
  private KubectlDoryMain() {}

  /** Runs a command; ends with its exit code. */
  public static void main(String[] arguments) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
    Console console =
        new Console(
            out,
            err,
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
            InstantSource.system());
    System.exit(run(console, arguments));
  }

  static int run(Console console, String... arguments) {
    CommandLine line = new CommandLine(new KubectlDoryMain());
    line.addSubcommand(new ListCommand(console));
    line.addSubcommand(new WhyCommand(console));
    line.addSubcommand(new CheckCommand(console));
    line.addSubcommand(new OrphansCommand(console));
    line.addSubcommand(new ResealCommand(console));
    line.setOut(new java.io.PrintWriter(console.out(), true, StandardCharsets.UTF_8));
    line.setErr(new java.io.PrintWriter(console.err(), true, StandardCharsets.UTF_8));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler((problem, _) -> {
      console.note(problem.getMessage() + "; see kubectl dory --help");
      return ExitCode.WRONG_USE;
    });
    line.setExecutionExceptionHandler((problem, _, _) -> {
      console.note(String.valueOf(problem.getMessage()));
      return problem instanceof WrongUse ? ExitCode.WRONG_USE : ExitCode.NOT_DONE;
    });
    return line.execute(arguments);
  }

  @Override
  public void run() {
    throw new WrongUse("say which: list, why, check, orphans or reseal; see kubectl dory --help");
  }
}
