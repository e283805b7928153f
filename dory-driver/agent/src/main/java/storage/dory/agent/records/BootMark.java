// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.records;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which start of the node the records are of: a reboot takes every mount away, and nobody else. */
public final class BootMark {
  private static final Logger LOG = LoggerFactory.getLogger(BootMark.class);

  private final Path kernels;
  private final Path ours;

  /**
   * @param kernels file with what the kernel calls this start of the node
   * @param ours file in which it is kept beside the records
   */
  public BootMark(Path kernels, Path ours) {
    this.kernels = kernels;
    this.ours = ours;
  }

  /** Whether the node has not been started anew since {@link #set}; no when that cannot be told. */
  public boolean isSame() {
    return read(kernels).filter(now -> read(ours).equals(Optional.of(now))).isPresent();
  }

  /** To be called once the records are of this start. Without it they are taken for older. */
  public void set() {
    try {
      Files.writeString(ours, read(kernels).orElse(""));
    } catch (IOException e) {
      LOG.warn("the node's start is not noted file={} why=\"{}\"", ours, e.toString());
    }
  }

  private static Optional<String> read(Path file) {
    try {
      return Optional.of(Files.readString(file).strip()).filter(text -> !text.isEmpty());
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
