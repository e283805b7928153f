// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent;

import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * Starts the agent. Prints a line that starts with {@code ready} when it serves.
 *
 * <p>The JVM flags it has wherever it runs, beside the two that every program needs, are the file
 * {@code src/main/jvm/options} of this module.
 */
public final class AgentMain {
  private static final int WRONG_FLAGS = 64;

  private AgentMain() {}

  public static void main(String[] args) {
    AgentCommand command = new AgentCommand();
    CommandLine line = Defaults.on(new CommandLine(command));
    try {
      line.parseArgs(args);
    } catch (ParameterException e) {
      System.err.println("dory-agent: " + String.valueOf(e.getMessage()).replace('\n', ' '));
      System.exit(WRONG_FLAGS);
    }
    if (CommandLine.printHelpIfRequested(line.getParseResult())) {
      return;
    }
    run(command.settings());
  }

  private static void run(AgentSettings settings) {
    try {
      Agent agent = Agent.start(settings);
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    agent.stop();
                    // a stop that was asked for is no failure; Java would exit with 143
                    Runtime.getRuntime().halt(0);
                  },
                  "stop"));
      System.out.println("ready socket=" + settings.socket());
    } catch (IOException | RuntimeException e) {
      System.err.println("dory-agent: cannot start: " + e);
      System.exit(1);
    }
  }
}
