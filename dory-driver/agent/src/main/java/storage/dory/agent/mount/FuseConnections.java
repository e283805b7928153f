// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.mount;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * The kernel's directory of FUSE connections. Once a connection is aborted, by the end of its
 * server or by hand, the kernel sets its limit of background requests to the largest number there
 * is, which no server can ask for; so its end can be read without sending it anything.
 */
public final class FuseConnections implements Connections {
  private static final String NO_LIMIT_ANY_MORE = Long.toString(0xffff_ffffL);
  private static final int MINOR_BITS = 20;

  private final Path directory;
  private final Syscalls calls = new Syscalls();

  private final Supplier<MountTable> tables;

  /**
   * @param tables what is mounted: the directory is, for this mount namespace, when it is needed
   *     and nobody has done so
   */
  public FuseConnections(Supplier<MountTable> tables) {
    this(Path.of("/sys/fs/fuse/connections"), tables);
  }

  FuseConnections(Path directory, Supplier<MountTable> tables) {
    this.directory = directory;
    this.tables = tables;
  }

  @Override
  public ConnectionState of(MountEntry mount) {
    if (!mount.isFuse()) {
      return new ConnectionState.NotKnown();
    }
    try {
      Path connection = directory.resolve(number(mount.device()));
      if (!Files.exists(connection)) {
        open();
      }
      return state(connection);
    } catch (IOException | NumberFormatException e) {
      return new ConnectionState.NotKnown();
    }
  }

  private void open() {
    if (!tables.get().isMounted(directory)) {
      int ignored = calls.mount("none", directory.toString(), "fusectl", 0);
    }
  }

  private static ConnectionState state(Path connection) throws IOException {
    return read(connection.resolve("max_background")).equals(NO_LIMIT_ANY_MORE)
        ? new ConnectionState.Aborted()
        : new ConnectionState.Open(Integer.parseInt(read(connection.resolve("waiting"))));
  }

  /** The kernel names connections by its own form of the device's number. */
  static String number(String device) {
    String[] parts = device.split(":", 2);
    long major = Long.parseLong(parts[0]);
    long minor = Long.parseLong(parts.length > 1 ? parts[1] : "");
    return Long.toString((major << MINOR_BITS) | minor);
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file).strip();
  }
}
