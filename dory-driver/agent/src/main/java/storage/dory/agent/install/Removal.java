// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.install;

import java.util.List;
import java.util.TreeSet;

/** Whether a driver that we have installed may go. */
public sealed interface Removal {

  /** Nothing needs it, and all there is of it is ours. */
  record Go() implements Removal {}

  /** Later, perhaps: kubelet needs it for what is mounted. */
  record Wait(String why) implements Removal {}

  /** There is something of somebody else's in its directory, which is left as it is. */
  record Keep(String why) implements Removal {}

  /**
   * @param uses targets at which something of the driver is mounted or recorded
   */
  static Removal of(Installation installation, HomeContents contents, List<String> uses) {
    if (!uses.isEmpty()) {
      return new Wait("in use at " + String.join(", ", new TreeSet<>(uses)));
    }
    if (!contents.others().isEmpty()) {
      return new Keep(
          "in its directory lies more than we wrote: "
              + String.join(", ", new TreeSet<>(contents.others())));
    }
    if (contents.settings().isPresent() && !contents.settings().equals(installation.settings())) {
      return new Keep("its settings are not as we wrote them");
    }
    return new Go();
  }
}
