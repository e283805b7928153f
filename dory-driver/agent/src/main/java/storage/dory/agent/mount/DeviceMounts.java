// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.mount;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Mounts block devices by mount(8), which finds out what filesystem is on them. */
final class DeviceMounts {
  private static final int FILE_TYPE = 0170000;
  private static final int BLOCK_DEVICE = 0060000;

  /** As {@link Mounter#mountDevice}. */
  MountOutcome mount(Path device, Path target, boolean readOnly, Duration limit) {
    if (!isBlockDevice(device)) {
      return new MountOutcome.Refused(
          "the plugin names device "
              + device
              + ", which is no block device (as the agent sees it)");
    }
    List<String> options = readOnly ? List.of("ro") : List.of();
    Duration half = limit.dividedBy(2);
    MountOutcome first = run(options, device, target, half);
    if (!(first instanceof MountOutcome.Refused)) {
      return first;
    }
    // a clone of an XFS volume has the UUID of its origin, which may be mounted
    List<String> forClones = new ArrayList<>(options);
    forClones.add("nouuid");
    MountOutcome second = run(forClones, device, target, half);
    return second instanceof MountOutcome.Refused ? first : second;
  }

  private static MountOutcome run(List<String> options, Path device, Path target, Duration limit) {
    List<String> command = new ArrayList<>(List.of("mount"));
    if (!options.isEmpty()) {
      command.addAll(List.of("-o", String.join(",", options)));
    }
    command.addAll(List.of("--", device.toString(), target.toString()));
    String what = "mounting " + device + " at " + target;
    try {
      Program program = Program.start(command);
      if (!program.ends(limit)) {
        return new MountOutcome.TooLate(what + ": not done within " + limit.toMillis() + " ms");
      }
      return program.exitCode() == 0
          ? new MountOutcome.Done()
          : new MountOutcome.Refused(what + ": " + program.words());
    } catch (IOException e) {
      return new MountOutcome.Refused(what + ": " + e.getMessage());
    }
  }

  private static boolean isBlockDevice(Path device) {
    try {
      return device.isAbsolute()
          && ((int) Files.getAttribute(device, "unix:mode") & FILE_TYPE) == BLOCK_DEVICE;
    } catch (IOException e) {
      return false;
    }
  }
}
