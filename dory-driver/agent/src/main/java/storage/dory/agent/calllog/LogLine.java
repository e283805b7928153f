// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.calllog;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * One line of a call log.
 *
 * @param text without secrets; control characters are replaced, what is too long is cut
 */
public record LogLine(Level level, String text) {
  private static final int LONGEST = 64 << 10;

  /** The name people grep for; the number has no meaning. */
  private static final String SOURCE = "dory:1: ";

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy/MM/dd HH:mm:ss ", Locale.ROOT);

  /** How much a line matters. */
  public enum Level {
    DEBUG("Debug: "),
    INFO("Info : "),
    ERROR("Error: ");

    private final String prefix;

    Level(String prefix) {
      this.prefix = prefix;
    }
  }

  /** The whole line with its newline. */
  String at(Instant time, ZoneId zone) {
    String line = text.replaceAll("\\p{Cntrl}", "?");
    String cut = line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "...";
    return level.prefix + TIME.format(time.atZone(zone)) + SOURCE + cut + "\n";
  }
}
