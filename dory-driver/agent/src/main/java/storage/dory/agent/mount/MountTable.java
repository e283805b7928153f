// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.mount;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is mounted, as the kernel says in mountinfo: the only truth about it.
 *
 * @param entries in the kernel's order; of several at one place the last is on top
 */
public record MountTable(List<MountEntry> entries) {
  private static final int FIELDS_BEFORE_SEPARATOR = 6;

  public MountTable {
    entries = List.copyOf(entries);
  }

  /** Reads the text of mountinfo; a line that is none of the kernel's form is skipped. */
  public static MountTable of(String text) {
    List<MountEntry> entries = new ArrayList<>();
    // mounts by the hundred have the same few lists of options
    Map<String, Set<String>> options = new HashMap<>();
    // a carriage return ends no line: the kernel writes one that is in a name as it is
    for (String line : text.split("\n", -1)) {
      entry(line, options).ifPresent(entries::add);
    }
    return new MountTable(entries);
  }

  public boolean isMounted(Path path) {
    return top(path).isPresent();
  }

  /** The mount one sees at the path, of those stacked there. */
  public Optional<MountEntry> top(Path path) {
    String point = path.toString();
    return entries.reversed().stream().filter(each -> each.point().equals(point)).findFirst();
  }

  /** The mount that a path leads into, of whatever depth. */
  public Optional<MountEntry> covering(Path path) {
    for (Path each = path; each != null; each = each.getParent()) {
      Optional<MountEntry> found = top(each);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /** All that is mounted at the path, undermost first. */
  public List<MountEntry> stack(Path path) {
    String point = path.toString();
    return entries.stream().filter(each -> each.point().equals(point)).toList();
  }

  /** Every other place that shows the same directory of the same filesystem as the path does. */
  public List<String> alsoAt(Path path) {
    return top(path)
        .map(here ->
            entries.stream()
                .filter(each -> each.showsSameAs(here) && !each.point().equals(here.point()))
                .map(MountEntry::point)
                .toList())
        .orElse(List.of());
  }

  private static Optional<MountEntry> entry(String line, Map<String, Set<String>> options) {
    String[] fields = line.split(" ", -1);
    int separator = FIELDS_BEFORE_SEPARATOR;
    while (separator < fields.length && !fields[separator].equals("-")) {
      separator++;
    }
    if (separator + 1 >= fields.length) {
      return Optional.empty();
    }
    return Optional.of(
        new MountEntry(
            fields[2],
            decode(fields[3]),
            decode(fields[4]),
            options.computeIfAbsent(fields[5], list -> Set.copyOf(List.of(list.split(",", -1)))),
            decode(fields[separator + 1])));
  }

  /** Undoes the kernel's escapes: a backslash and three octal digits for a byte. */
  private static String decode(String field) {
    if (field.indexOf('\\') < 0) {
      return field;
    }
    byte[] bytes = field.getBytes(StandardCharsets.UTF_8);
    var decoded = new ByteArrayOutputStream(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\\' && octal(bytes, i + 1) && octal(bytes, i + 2) && octal(bytes, i + 3)) {
        decoded.write((bytes[i + 1] - '0') * 64 + (bytes[i + 2] - '0') * 8 + (bytes[i + 3] - '0'));
        i += 3;
      } else {
        decoded.write(bytes[i]);
      }
    }
    return decoded.toString(StandardCharsets.UTF_8);
  }

  private static boolean octal(byte[] bytes, int index) {
    return index < bytes.length && bytes[index] >= '0' && bytes[index] <= '7';
  }
}
