// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.records;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Looks at the records of an agent that may run meanwhile: reads, and changes nothing. */
public final class RecordFiles {
  private RecordFiles() {}

  /** What can be read now; nothing when there is no such directory. */
  public static List<MountRecord> in(Path directory) {
    List<MountRecord> records = new ArrayList<>();
    if (!Files.isDirectory(directory)) {
      return records;
    }
    RecordCodec codec = new RecordCodec();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.json")) {
      for (Path file : files) {
        try {
          codec.read(Files.readString(file)).ifPresent(records::add);
        } catch (NoSuchFileException e) {
          // finished just now
        }
      }
      return records;
    } catch (IOException e) {
      throw new UncheckedIOException("reading records in " + directory + ": " + e.getMessage(), e);
    }
  }
}
