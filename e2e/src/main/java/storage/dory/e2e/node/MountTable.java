// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What is mounted, as the kernel tells it.
 *
 * @param mounts in the kernel's order: a later one covers an earlier one at the same place
 */
public record MountTable(List<Mount> mounts) {

  /** One line of mountinfo. */
  public record Mount(String target, String type, String source) {}

  public MountTable {
    mounts = List.copyOf(mounts);
  }

  /** The table of this process's mount namespace. */
  public static MountTable current() {
    try {
      return parse(Files.readString(Path.of("/proc/self/mountinfo"), StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      throw new UncheckedIOException("read /proc/self/mountinfo", e);
    }
  }

  /** Reads the text of a mountinfo file; lines of another form are left out. */
  public static MountTable parse(String text) {
    return new MountTable(text.lines().flatMap(MountTable::mount).toList());
  }

  /** Whether something is mounted exactly here. */
  public boolean isMountPoint(Path target) {
    String wanted = target.toAbsolutePath().normalize().toString();
    return mounts.stream().anyMatch(mount -> mount.target().equals(wanted));
  }

  /** Everything mounted at or below a directory. */
  public List<Mount> below(Path directory) {
    String wanted = directory.toAbsolutePath().normalize().toString();
    return mounts.stream()
        .filter(mount -> mount.target().equals(wanted) || mount.target().startsWith(wanted + "/"))
        .toList();
  }

  private static Stream<Mount> mount(String line) {
    String[] halves = line.split(" - ", 2);
    String[] first = halves[0].split(" ", -1);
    String[] second = halves.length == 2 ? halves[1].split(" ", -1) : new String[0];
    if (first.length < 6 || second.length < 2) {
      return Stream.empty();
    }
    return Stream.of(new Mount(unescaped(first[4]), second[0], unescaped(second[1])));
  }

  /** The kernel writes blank, tab, newline and backslash as a backslash and three octal digits. */
  private static String unescaped(String field) {
    StringBuilder bytes = new StringBuilder();
    for (int i = 0; i < field.length(); i++) {
      if (field.charAt(i) == '\\' && i + 3 < field.length()) {
        bytes.append((char) Integer.parseInt(field.substring(i + 1, i + 4), 8));
        i += 3;
      } else {
        bytes.append(field.charAt(i));
      }
    }
    return new String(
        bytes.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }
}
