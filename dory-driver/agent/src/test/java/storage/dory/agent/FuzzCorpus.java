// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Inputs that reach every part of what a harness looks at, kept in {@code dory-driver/fuzz}. */
public final class FuzzCorpus {
  private FuzzCorpus() {}

  /** The inputs for one harness, as files. */
  public static List<Path> of(String harness) throws IOException {
    Path root = Path.of(Objects.requireNonNull(System.getProperty("dory.root"), "dory.root"));
    try (Stream<Path> files =
        Files.list(root.resolve("dory-driver/fuzz/corpus").resolve(harness))) {
      return files.sorted().toList();
    }
  }
}
