// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.process;

/** How a short command ended. */
public sealed interface Ending {

  /**
   * It ran to its end.
   *
   * @param output what it wrote to both streams, in one
   */
  record Ended(int code, String output) implements Ending {}

  /** It took longer than its limit and was killed with all its children. */
  record CutOff(String output) implements Ending {}

  /** There is no such program, or the system refused to start it. */
  record NotStarted(String why) implements Ending {}

  /** Whether it ended with 0. */
  default boolean good() {
    return this instanceof Ended(int code, String _) && code == 0;
  }

  /** One line for people: how it ended and what it said. */
  default String words() {
    return switch (this) {
      case Ended(int code, String output) -> "exit code " + code + ": " + oneLine(output);
      case CutOff(String output) -> "not done in time, killed: " + oneLine(output);
      case NotStarted(String why) -> "could not be started: " + why;
    };
  }

  private static String oneLine(String text) {
    String line = text.replaceAll("\\s+", " ").strip();
    return line.length() > 600 ? line.substring(0, 600) + "..." : line;
  }
}
