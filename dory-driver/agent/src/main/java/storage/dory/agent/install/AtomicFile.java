// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.install;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** A file that is there whole or not at all: made under a dot name, forced to the disk, renamed. */
final class AtomicFile {
  private AtomicFile() {}

  static void write(Path file, byte[] content, String permissions) throws IOException {
    Path hidden = hidden(file);
    writeHidden(hidden, content, permissions);
    Files.move(hidden, file, StandardCopyOption.ATOMIC_MOVE);
    force(file);
  }

  /** The name it has until it is whole. */
  static Path hidden(Path file) {
    return file.resolveSibling("." + file.getFileName());
  }

  static void writeHidden(Path hidden, byte[] content, String permissions) throws IOException {
    Files.deleteIfExists(hidden);
    try (FileChannel channel =
        FileChannel.open(hidden, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      Files.setPosixFilePermissions(hidden, PosixFilePermissions.fromString(permissions));
      channel.force(true);
    }
  }

  /** Has the name of a file or directory on the disk. */
  static void force(Path named) throws IOException {
    Path directory = named.getParent();
    if (directory != null) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }
}
