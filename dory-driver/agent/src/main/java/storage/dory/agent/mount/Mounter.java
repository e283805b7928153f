// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.mount;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Looks at and changes what is mounted in the agent's mount namespace. Each call blocks for at most
 * its limit, and is safe to repeat. Safe for many threads; the caller serialises calls for one
 * target.
 */
public interface Mounter {

  /** What is mounted now. Reads memory of the kernel, so it needs no limit. */
  MountTable table();

  /**
   * The target under the name by which the mount table knows it: links above it are followed, one
   * in its place is not. What of it is not there stays as it is.
   *
   * @return empty when that could not be told in time
   */
  Optional<Path> real(Path target, Duration limit);

  /**
   * Whether the directory a plugin names is there for us and alive. A symbolic link as its last
   * step is refused: whoever can write to the volume could have put it there.
   */
  MountOutcome inspect(Path source, Duration limit);

  /**
   * Gives a directory the SELinux type, as {@code chcon -t} does. Done also where there are no
   * labels to give: the filesystem has none, or is read only. The type of containers' files is
   * found by either of its names, and not given where the node's policy has neither.
   */
  LabelOutcome label(Path directory, String type, Duration limit);

  /**
   * Has the group own a directory and write in it, as kubelet does with the root of a volume; what
   * is below keeps what it has. Done at once where it is so already.
   *
   * @param group its number
   */
  MountOutcome giveGroup(Path directory, long group, Duration limit);

  /** Makes the target, mode 0750, when it is not there. */
  MountOutcome makeTarget(Path target, Duration limit);

  /**
   * Shows the source at the target, on top of whatever is there, read only if asked; when refused
   * nothing has been mounted.
   */
  MountOutcome bind(Path source, Path target, boolean readOnly, Duration limit);

  /**
   * Mounts the filesystem of a block device at the target, whatever its type, as mount(8) does.
   * When refused nothing has been mounted.
   */
  MountOutcome mountDevice(Path device, Path target, boolean readOnly, Duration limit);

  /**
   * Whether whoever serves a mount answers, asked by a process of its own: one that is not answered
   * is left behind until it is, and no second one is begun meanwhile. Yes also where that cannot be
   * told.
   */
  boolean answers(Path mount, Duration limit);

  /** Takes the topmost mount off the target. Done also when there is none. */
  MountOutcome unmount(Path target, Duration limit);

  /**
   * As {@link #unmount}, of a mount that stays busy: it goes from the target at once, and ends when
   * its last user does.
   */
  MountOutcome detach(Path target, Duration limit);
}
