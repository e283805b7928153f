// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.mount;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The mount table of a process, read only when the kernel says that it has changed since: poll(2)
 * on mountinfo answers so (proc(5)). The kernel takes long to write it down on a node with many
 * mounts. Safe for use by several threads.
 */
final class MountInfo implements AutoCloseable {
  private static final int O_RDONLY_CLOEXEC = 0x80000;

  private final Path file;
  private final BooleanSupplier changed;
  private final Runnable end;
  private @Nullable MountTable read;

  /**
   * @param changed whether the file may differ from what it was when this was asked last; asked
   *     before each reading
   */
  MountInfo(Path file, BooleanSupplier changed, Runnable end) {
    this.file = file;
    this.changed = changed;
    this.end = end;
  }

  /** Of this process. Where the kernel cannot be asked for changes, each look reads. */
  static MountInfo ofThisProcess(Syscalls calls) {
    Path file = Path.of("/proc/self/mountinfo");
    int descriptor = calls.open(file.toString(), O_RDONLY_CLOEXEC);
    return descriptor < 0
        ? new MountInfo(file, () -> true, () -> {})
        : new MountInfo(file, () -> calls.hasChanged(descriptor), () -> calls.close(descriptor));
  }

  /** What is mounted. */
  synchronized MountTable table() {
    // in this order: what changes between the two is told at the next look
    boolean old = changed.getAsBoolean();
    if (read == null || old) {
      // not the old one for good if this fails
      read = null;
      read = MountTable.of(text());
    }
    return read;
  }

  @Override
  public synchronized void close() {
    end.run();
  }

  private String text() {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + file + ": " + e.getMessage(), e);
    }
  }
}
