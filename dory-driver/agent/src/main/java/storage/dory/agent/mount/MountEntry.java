// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.mount;

import java.util.Set;

/**
 * One line of mountinfo.
 *
 * @param device major:minor of the filesystem
 * @param root the directory of the filesystem that is mounted
 * @param point where, decoded
 * @param options of this mount, such as {@code ro} and {@code nosuid}
 * @param fsType such as {@code fuse.rclone}
 */
public record MountEntry(
    String device, String root, String point, Set<String> options, String fsType) {
  public MountEntry {
    options = Set.copyOf(options);
  }

  /** Whether a process serves it, which can die. */
  public boolean isFuse() {
    return fsType.equals("fuse") || fsType.startsWith("fuse.") || fsType.equals("fuseblk");
  }

  public boolean readOnly() {
    return options.contains("ro");
  }

  boolean showsSameAs(MountEntry other) {
    return device.equals(other.device) && root.equals(other.root);
  }
}
