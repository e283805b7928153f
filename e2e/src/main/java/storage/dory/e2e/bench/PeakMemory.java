// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The largest resident set that a process has had, as the kernel keeps it. */
final class PeakMemory {
  private static final Pattern PEAK = Pattern.compile("(?m)^VmHWM:\\s+(\\d+) kB");

  private PeakMemory() {}

  /** In KiB; empty when the process has gone. */
  static OptionalLong of(long pid) {
    try {
      return in(Files.readString(Path.of("/proc", String.valueOf(pid), "status")));
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  /** In KiB, from the text of a status file. */
  static OptionalLong in(String status) {
    Matcher peak = PEAK.matcher(status);
    return peak.find() ? OptionalLong.of(Long.parseLong(peak.group(1))) : OptionalLong.empty();
  }

  /** For people. */
  static String text(OptionalLong kib) {
    return kib.isEmpty()
        ? "unknown"
        : String.format(java.util.Locale.ROOT, "%.1f MiB", kib.getAsLong() / 1024.0);
  }
}
