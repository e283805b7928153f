// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.records;

import java.util.Optional;

/**
 * What is asked of a volume beside that it is at its target; kept with the record, so that a repair
 * gives the same.
 *
 * @param label SELinux type its root is to have; empty: as it is
 * @param fsType filesystem it must have; empty: any
 * @param fsGroup number of the group that may write; empty: as it is. Kubelet sees to it after a
 *     mount that it has asked for, so it is for those that it knows nothing of
 */
public record Wishes(Optional<String> label, Optional<String> fsType, Optional<Long> fsGroup) {
  /** Nothing. */
  public static final Wishes NONE =
      new Wishes(Optional.empty(), Optional.empty(), Optional.empty());

  /** What is wrong with the filesystem that has come, in words; empty when nothing is. */
  public Optional<String> complaint(Optional<String> mounted) {
    String has = mounted.orElse("none");
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
