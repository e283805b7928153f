// SPDX-License-Identifier: Apache-2.0
package storage.dory.plugin;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where plugins put their sockets: {@code NAME.sock} or {@code NAME/NAME.sock} in a directory, as
 * Docker finds them.
 *
 * @param sockets usually {@code /run/docker/plugins}; need not exist
 */
public record PluginDirectories(Path sockets) {
  private static final String SUFFIX = ".sock";

  /** What can also be the name of a FlexVolume driver. */
  private static final String NAME = "[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?";

  /**
   * Every plugin name with its socket. That a socket is there does not mean that somebody answers.
   */
  public SortedMap<String, Path> all() throws IOException {
    SortedMap<String, Path> found = new TreeMap<>();
    if (!Files.isDirectory(sockets)) {
      return found;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(sockets)) {
      for (Path entry : entries) {
        String file = String.valueOf(entry.getFileName());
        String name =
            file.endsWith(SUFFIX) ? file.substring(0, file.length() - SUFFIX.length()) : file;
        socketOf(name).ifPresent(socket -> found.put(name, socket));
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return found;
  }

  /** The socket of one plugin, empty when there is none of that name. */
  public Optional<Path> socketOf(String name) {
    if (!name.matches(NAME)) {
      return Optional.empty();
    }
    Path flat = sockets.resolve(name + SUFFIX);
    Path nested = sockets.resolve(name).resolve(name + SUFFIX);
    if (isSocket(flat)) {
      return Optional.of(flat);
    }
    return isSocket(nested) ? Optional.of(nested) : Optional.empty();
  }

  private static boolean isSocket(Path path) {
    return Files.exists(path) && !Files.isDirectory(path) && !Files.isRegularFile(path);
  }
}
