// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.mount;

import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/**
 * Harness for the mount table. An input is the text of a mountinfo file. Run by {@code
 * dory-driver/fuzz/run} and, over the corpus, by {@link MountTableFuzzTest}.
 */
public final class MountTableFuzz {
  private MountTableFuzz() {}

  /** Called for each input; throws when something that must hold does not. */
  public static void fuzzerTestOneInput(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    MountTable table = MountTable.of(text);
    require(table.entries().size() <= text.split("\n", -1).length, "more mounts than lines");
    for (MountEntry entry : table.entries()) {
      require(!entry.options().isEmpty(), "no options");
      checkAgain(entry);
      checkFound(table, entry);
    }
  }

  /** Written as the kernel writes it, an entry is read as what it was. */
  private static void checkAgain(MountEntry entry) {
    String line =
        String.join(
            " ",
            "1 1",
            entry.device(),
            escaped(entry.root()),
            escaped(entry.point()),
            String.join(",", entry.options()),
            "- " + escaped(entry.fsType()),
            "source rw");
    List<MountEntry> again = MountTable.of(line).entries();
    require(again.equals(List.of(entry)), line + " was read as " + again);
  }

  private static void checkFound(MountTable table, MountEntry entry) {
    Path point;
    try {
      point = Path.of(entry.point());
    } catch (InvalidPathException e) {
      return;
    }
    if (point.toString().equals(entry.point())) {
      require(table.isMounted(point), "not found: " + point);
      require(!table.alsoAt(point).contains(entry.point()), "elsewhere is here: " + point);
    }
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\134")
        .replace(" ", "\\040")
        .replace("\t", "\\011")
        .replace("\n", "\\012");
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }
}
