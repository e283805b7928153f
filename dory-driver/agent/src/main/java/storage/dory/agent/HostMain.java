// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent;

import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * {@code dory} on a host: installs and uninstalls. What was done is on standard output, one line on
 * standard error says why not. Exit codes: 0 done, 1 refused, 64 wrong arguments.
 */
public final class HostMain {
  private static final int REFUSED = 1;
  private static final int WRONG_ARGUMENTS = 64;

  private HostMain() {}

  public static void main(String[] args) {
    CommandLine line =
        Defaults.on(new CommandLine(new HostCommand()))
            .setParameterExceptionHandler(HostMain::wrong)
            .setExecutionExceptionHandler((failure, command, parsed) -> {
              boolean inWords = failure instanceof IllegalArgumentException;
              System.err.println("dory: " + (inWords ? failure.getMessage() : failure));
              return REFUSED;
            })
            .setCaseInsensitiveEnumValuesAllowed(true);
    System.exit(line.execute(args));
  }

  private static int wrong(ParameterException e, String[] args) {
    System.err.println("dory: " + String.valueOf(e.getMessage()).replace('\n', ' '));
    return WRONG_ARGUMENTS;
  }
}
