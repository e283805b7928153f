// SPDX-License-Identifier: Apache-2.0
package storage.dory.local.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What is mounted where, as the kernel says in a {@code mountinfo} file.
 *
 * @param points every path at which something is mounted
 */
public record MountTable(Set<Path> points) {
  private static final int POINT = 4;
  private static final Pattern ESCAPE = Pattern.compile("\\\\([0-7]{3})");

  public MountTable {
    points = Set.copyOf(points);
  }

  /** The table of this process, at this moment. */
  public static MountTable current() throws IOException {
    return parse(Files.readString(Path.of("/proc/self/mountinfo"), StandardCharsets.UTF_8));
  }

  static MountTable parse(String mountinfo) {
    return new MountTable(
        mountinfo
            .lines()
            .map(line -> line.split(" ", POINT + 2))
            .filter(fields -> fields.length > POINT)
            .map(fields -> Path.of(unescape(fields[POINT])))
            .collect(Collectors.toSet()));
  }

  /** Whether something is mounted at exactly this path, which must be a real path. */
  public boolean has(Path point) {
    return points.contains(point);
  }

  /** Blanks, tabs, newlines and backslashes are written as three octal digits. */
  private static String unescape(String field) {
    return ESCAPE
        .matcher(field)
        .replaceAll(found ->
            java.util.regex.Matcher.quoteReplacement(
                String.valueOf((char) Integer.parseInt(found.group(1), 8))));
  }
}
