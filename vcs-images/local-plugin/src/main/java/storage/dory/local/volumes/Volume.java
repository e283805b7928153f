// SPDX-License-Identifier: Apache-2.0
package storage.dory.local.volumes;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A volume as it is remembered.
 *
 * @param size what it may hold, when it was asked for
 * @param backing where its files are
 * @param stage what is being done with it
 * @param mounts the ids of those who have it mounted
 */
public record Volume(
    VolumeName name,
    Optional<Bytes> size,
    Backing backing,
    Stage stage,
    Set<String> mounts,
    Instant createdAt) {

  /** Where a volume's files are. */
  public enum Backing {
    /** In a plain directory; a size is only written down. */
    DIRECTORY,
    /** In a file system of its own, in an image file. */
    IMAGE
  }

  /** What is being done with a volume. */
  public enum Stage {
    /** It is being made, and was never there for anybody. */
    CREATING,
    /** It can be used. */
    READY,
    /** Its files are being deleted. */
    REMOVING
  }

  public Volume {
    mounts = Set.copyOf(mounts);
  }

  Volume at(Stage next) {
    return new Volume(name, size, backing, next, mounts, createdAt);
  }

  Volume mountedBy(String id) {
    Set<String> more = new TreeSet<>(mounts);
    more.add(id);
    return new Volume(name, size, backing, stage, more, createdAt);
  }

  Volume notMountedBy(String id) {
    Set<String> fewer = new TreeSet<>(mounts);
    fewer.remove(id);
    return new Volume(name, size, backing, stage, fewer, createdAt);
  }
}
