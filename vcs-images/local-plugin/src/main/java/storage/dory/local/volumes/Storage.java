// SPDX-License-Identifier: Apache-2.0
package storage.dory.local.volumes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.dory.local.host.Durable;
import storage.dory.local.host.Images;
import storage.dory.local.host.Trees;

/**
 * Where the files of volumes are, below one root: {@code data/NAME}, or {@code images/NAME.img}
 * mounted at {@code mounts/NAME}. Each step can be repeated.
 */
public final class Storage {
  private static final Logger LOG = LoggerFactory.getLogger(Storage.class);

  private final Path root;
  private final Images images;
  private final Trees trees;

  /**
   * @param root a real path, since it is compared with what the kernel says is mounted
   */
  public Storage(Path root, Images images, Trees trees) {
    this.root = root;
    this.images = images;
    this.trees = trees;
  }

  /** Where a volume is when it is mounted. */
  public Path mountpoint(Volume volume) {
    return switch (volume.backing()) {
      case DIRECTORY -> data(volume.name());
      case IMAGE -> point(volume.name());
    };
  }

  /** Makes room for a new, empty volume. */
  void make(Volume volume) throws IOException {
    setAside(data(volume.name()));
    setAside(image(volume.name()));
    switch (volume.backing()) {
      case DIRECTORY -> {
        Path data = data(volume.name());
        Files.createDirectory(data);
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-xr-x"));
        Durable.directory(root.resolve("data"));
      }
      case IMAGE -> images.make(image(volume.name()), volume.size().orElseThrow().value());
    }
  }

  /** Makes sure that a volume's files are at its mount point. */
  void attach(Volume volume) throws IOException {
    switch (volume.backing()) {
      case DIRECTORY -> {
        if (!Files.isDirectory(data(volume.name()), LinkOption.NOFOLLOW_LINKS)) {
          throw new IOException("the directory " + data(volume.name()) + " is missing");
        }
      }
      case IMAGE -> {
        Files.createDirectories(point(volume.name()));
        images.mount(image(volume.name()), point(volume.name()));
      }
    }
  }

  /** Makes sure that nothing of the volume is mounted by us. */
  void detach(Volume volume) throws IOException {
    images.unmount(point(volume.name()));
  }

  /** Destroys a volume's files, whole or half-made. */
  void delete(Volume volume) throws IOException {
    detach(volume);
    Files.deleteIfExists(point(volume.name()));
    images.delete(image(volume.name()));
    trees.delete(data(volume.name()));
  }

  /**
   * Files that no record speaks of are somebody's, so they neither go nor become the new volume's.
   */
  private void setAside(Path found) throws IOException {
    if (Files.exists(found, LinkOption.NOFOLLOW_LINKS)) {
      Path aside = root.resolve("found").resolve(found.getFileName() + "." + UUID.randomUUID());
      Files.createDirectories(root.resolve("found"));
      Files.move(found, aside);
      LOG.warn("event=files-without-record-set-aside from={} to={}", found, aside);
    }
  }

  private Path data(VolumeName name) {
    return root.resolve("data").resolve(name.value());
  }

  private Path image(VolumeName name) {
    return root.resolve("images").resolve(name + ".img");
  }

  private Path point(VolumeName name) {
    return root.resolve("mounts").resolve(name.value());
  }
}
