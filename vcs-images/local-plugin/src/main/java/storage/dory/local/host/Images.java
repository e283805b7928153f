// SPDX-License-Identifier: Apache-2.0
package storage.dory.local.host;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** File systems of a fixed size in sparse files, mounted by loop devices. */
public final class Images {
  private final Processes processes;

  public Images(Processes processes) {
    this.processes = processes;
  }

  /**
   * Makes an image with an empty ext4 file system. It has its name only when it is whole and on
   * disk; until then it is {@code .NAME.part}, which a later call replaces.
   */
  public void make(Path image, long bytes) throws IOException {
    Path part = part(image);
    Files.deleteIfExists(part);
    try (RandomAccessFile file = new RandomAccessFile(part.toFile(), "rw")) {
      file.setLength(bytes);
    }
    processes.run("mkfs.ext4", "-q", "-F", "-m", "0", "-E", "nodiscard", part.toString());
    try (FileChannel file = FileChannel.open(part, StandardOpenOption.WRITE)) {
      file.force(true);
    }
    Files.move(part, image, StandardCopyOption.ATOMIC_MOVE);
    Durable.directory(Durable.parentOf(image));
  }

  /** Deletes an image and what an interrupted {@link #make} left of it. */
  public void delete(Path image) throws IOException {
    Files.deleteIfExists(part(image));
    Files.deleteIfExists(image);
  }

  /** Mounts an image at a directory; does nothing when something is mounted there already. */
  public void mount(Path image, Path point) throws IOException {
    if (!Files.isRegularFile(image)) {
      throw new IOException("the image " + image + " is missing");
    }
    if (MountTable.current().has(point)) {
      return;
    }
    processes.run(
        "mount",
        "-t",
        "ext4",
        "-o",
        "loop,nodev,nosuid,discard",
        image.toString(),
        point.toString());
    if (!MountTable.current().has(point)) {
      throw new IOException("mount said it mounted " + point + " but nothing is mounted there");
    }
    dropLostAndFound(point);
  }

  /** Unmounts what is mounted at a directory; does nothing when nothing is. */
  public void unmount(Path point) throws IOException {
    if (MountTable.current().has(point)) {
      processes.run("umount", point.toString());
    }
  }

  /** A volume is empty when it is new; databases refuse a directory that is not. */
  private static void dropLostAndFound(Path point) throws IOException {
    try {
      Files.deleteIfExists(point.resolve("lost+found"));
    } catch (DirectoryNotEmptyException e) {
      return; // the file system checker put something there: the user's to see
    }
  }

  private static Path part(Path image) {
    return image.resolveSibling("." + image.getFileName() + ".part");
  }
}
