// SPDX-License-Identifier: Apache-2.0
package storage.dory.local.http;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The place of a unix socket.
 *
 * <p>A socket is bound under another name in a directory of its owner's alone, gets its permissions
 * there and is then renamed to its place: nobody else can connect at any moment, and a stale socket
 * of a plugin that was killed is replaced at once.
 *
 * @param path where callers look for it
 * @param nursery the directory in which it is bound
 */
record PluginSocket(Path path, Path nursery) {
  private static final int LONGEST_PATH = 107;

  /** The place at a path, or why there can be no socket there. */
  static PluginSocket at(Path path) throws IOException {
    Path parent = path.getParent();
    if (parent == null) {
      throw new IOException(path + " is no place for a socket");
    }
    PluginSocket place =
        new PluginSocket(path, parent.resolve("." + Integer.toHexString(path.hashCode())));
    int longest = Math.max(length(path), length(place.bound()));
    if (longest > LONGEST_PATH) {
      throw new IOException(
          "the socket's path " + path + " is too long by " + (longest - LONGEST_PATH) + " bytes");
    }
    return place;
  }

  /** Where to bind the socket. */
  Path bound() {
    return nursery.resolve("s");
  }

  /**
   * Checks that the place is free or holds a stale socket.
   *
   * @throws IOException when somebody answers there, or what is there is no socket
   */
  void claim() throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (Files.isRegularFile(path) || Files.isDirectory(path)) {
      throw new IOException(path + " is there and is no socket");
    }
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.configureBlocking(false); // a full queue of waiting callers must not hold us
      channel.connect(UnixDomainSocketAddress.of(path));
      throw new IOException("another plugin answers at " + path + ", stop it first");
    } catch (ConnectException e) {
      return; // nobody is there: left behind by a plugin that was killed
    } catch (SocketException e) {
      throw new IOException(
          "somebody is at " + path + " but takes no connection: " + e.getMessage(), e);
    }
  }

  /** Makes ready for binding. */
  void prepare() throws IOException {
    Files.createDirectories(nursery.resolveSibling("."));
    Files.deleteIfExists(bound()); // of a plugin that was killed while it started
    Files.deleteIfExists(nursery);
    Files.createDirectory(
        nursery,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  /** Puts the bound socket into its place and says what identifies it. */
  Object publish() throws IOException {
    Files.setPosixFilePermissions(bound(), PosixFilePermissions.fromString("rw-------"));
    Object key = keyOf(bound());
    Files.move(bound(), path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Files.delete(nursery);
    return key;
  }

  /** Takes the socket away unless another one is there by now. */
  void withdraw(Object key) throws IOException {
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && keyOf(path).equals(key)) {
      Files.delete(path);
    }
  }

  private static Object keyOf(Path file) throws IOException {
    return Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS);
  }

  private static int length(Path path) {
    return path.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
  }
}
