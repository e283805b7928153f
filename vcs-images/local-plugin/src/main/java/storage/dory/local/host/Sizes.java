// SPDX-License-Identifier: Apache-2.0
package storage.dory.local.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether a volume's size can be enforced on this machine by an image on a loop device. */
public sealed interface Sizes {

  /** The machine lets us mount images. */
  record Enforced() implements Sizes {}

  /**
   * It does not, so a size is only written down.
   *
   * @param why what is missing
   */
  record Recorded(String why) implements Sizes {}

  /** What holds for this process. */
  static Sizes current() throws IOException {
    return of(
        Files.readString(Path.of("/proc/self/status")),
        Files.readString(Path.of("/proc/self/uid_map")),
        Files.exists(Path.of("/dev/loop-control")));
  }

  /**
   * Decides from what the kernel says of a process.
   *
   * @param status text of {@code /proc/PID/status}
   * @param uidMap text of {@code /proc/PID/uid_map}; a root in a user namespace cannot use loop
   *     devices, whatever its capabilities
   * @param loopControl whether {@code /dev/loop-control} is there
   */
  static Sizes of(String status, String uidMap, boolean loopControl) {
    if (!field(status, "Uid:", 2).equals("0")) {
      return new Recorded("not running as root");
    }
    if (!uidMap.strip().matches("0\\s+0\\s+4294967295")) {
      return new Recorded("running in a user namespace");
    }
    if ((Long.parseUnsignedLong(field(status, "CapEff:", 1), 16) >> 21 & 1) == 0) {
      return new Recorded("without CAP_SYS_ADMIN, which mounting needs");
    }
    return loopControl ? new Enforced() : new Recorded("there is no /dev/loop-control");
  }

  private static String field(String status, String key, int index) {
    return status
        .lines()
        .filter(line -> line.startsWith(key))
        .map(line -> line.split("\\s+"))
        .filter(fields -> fields.length > index)
        .map(fields -> fields[index])
        .findFirst()
        .orElse("0");
  }
}
