// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;

/** What /proc tells of a running process. */
final class ProcessFigures {
  private ProcessFigures() {}

  /** The most memory it has had resident, in bytes; empty when it has gone. */
  static OptionalLong peak(long pid) {
    return in(status(pid), "VmHWM");
  }

  /** The memory it has resident now, in bytes; empty when it has gone. */
  static OptionalLong resident(long pid) {
    return in(status(pid), "VmRSS");
  }

  /** A size in the text of a status file, in bytes. */
  static OptionalLong in(String status, String key) {
    return status
        .lines()
        .filter(line -> line.matches(key + ":\\s+[0-9]{1,15} kB"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .findFirst();
  }

  private static String status(long pid) {
    try {
      return Files.readString(
          Path.of("/proc", String.valueOf(pid), "status"), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }

  /** Processor time it has used so far, in steps of the kernel's clock. */
  static Duration processor(long pid) {
    return ProcessHandle.of(pid)
        .flatMap(process -> process.info().totalCpuDuration())
        .orElse(Duration.ZERO);
  }

  static String words(OptionalLong peak) {
    return peak.isPresent() ? Figures.mebibytes(peak.getAsLong()) : Figures.UNKNOWN;
  }
}
