// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

import java.util.Optional;
import storage.dory.agent.mount.MountEntry;

/**
 * What is asked of a volume beside that it is at its target.
 *
 * @param label SELinux type its root is to have; empty: as it is
 * @param fsType filesystem it must have; empty: any
 */
public record Wishes(Optional<String> label, Optional<String> fsType) {
  /** Nothing. */
  public static final Wishes NONE = new Wishes(Optional.empty(), Optional.empty());

  /** What is wrong with the filesystem that has come, in words; empty when nothing is. */
  Optional<String> complaint(Optional<MountEntry> mounted) {
    String has = mounted.map(MountEntry::fsType).orElse("none");
    return fsType
        .filter(wanted -> !wanted.equals(has))
        .map(wanted ->
            "the volume has filesystem "
                + has
                + " and its PV asks for fsType "
                + wanted
                + "; fsTypeOption in the driver's .json demands that they agree");
  }
}
