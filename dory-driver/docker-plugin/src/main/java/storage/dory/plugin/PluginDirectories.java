// SPDX-License-Identifier: Apache-2.0
package storage.dory.plugin;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where plugins are found by name, as Docker finds them: a socket {@code NAME.sock} or {@code
 * NAME/NAME.sock} in one directory, else a file with an address, {@code NAME.spec}, {@code
 * NAME/NAME.spec}, {@code NAME.json} or {@code NAME/NAME.json}, in the first of others.
 *
 * @param sockets usually {@code /run/docker/plugins}; need not exist
 * @param addresses in the order in which they are searched; need not exist
 */
public record PluginDirectories(Path sockets, List<Path> addresses) {
  /** Where Docker looks for address files. */
  public static final List<Path> DOCKERS_ADDRESSES =
      List.of(Path.of("/etc/docker/plugins"), Path.of("/usr/lib/docker/plugins"));

  private static final String SOCKET = ".sock";
  private static final List<String> ADDRESS = List.of(".spec", ".json");

  /** What can also be the name of a FlexVolume driver. */
  private static final String NAME = "[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?";

  public PluginDirectories {
    addresses = List.copyOf(addresses);
  }

  /** Sockets only. */
  public PluginDirectories(Path sockets) {
    this(sockets, List.of());
  }

  /**
   * Every plugin name with its socket or address file. That one is there does not mean that
   * somebody answers.
   */
  public SortedMap<String, Path> all() throws IOException {
    SortedMap<String, Path> found = new TreeMap<>();
    List<Path> directories = new ArrayList<>(List.of(sockets));
    directories.addAll(addresses);
    for (Path directory : directories) {
      for (String name : names(directory)) {
        placeOf(name).ifPresent(place -> found.put(name, place));
      }
    }
    return found;
  }

  /** The socket of one plugin, empty when there is none of that name. */
  public Optional<Path> socketOf(String name) {
    return name.matches(NAME)
        ? in(sockets, name, SOCKET).filter(PluginDirectories::isSocket)
        : Optional.empty();
  }

  /** The socket of one plugin, else its address file. */
  public Optional<Path> placeOf(String name) {
    return socketOf(name).or(() -> name.matches(NAME) ? addressOf(name) : Optional.empty());
  }

  private Optional<Path> addressOf(String name) {
    return addresses.stream()
        .flatMap(directory -> ADDRESS.stream().map(suffix -> in(directory, name, suffix)))
        .flatMap(Optional::stream)
        .filter(Files::isRegularFile)
        .findFirst();
  }

  private static Optional<Path> in(Path directory, String name, String suffix) {
    Path flat = directory.resolve(name + suffix);
    Path nested = directory.resolve(name).resolve(name + suffix);
    return java.util.stream.Stream.of(flat, nested)
        .filter(each -> suffix.equals(SOCKET) ? isSocket(each) : Files.isRegularFile(each))
        .findFirst();
  }

  private static List<String> names(Path directory) throws IOException {
    List<String> names = new ArrayList<>();
    if (!Files.isDirectory(directory)) {
      return names;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        String file = String.valueOf(entry.getFileName());
        names.add(file);
        int dot = file.lastIndexOf('.');
        if (dot > 0 && (file.endsWith(SOCKET) || ADDRESS.contains(file.substring(dot)))) {
          names.add(file.substring(0, dot));
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return names;
  }

  private static boolean isSocket(Path path) {
    return Files.exists(path) && !Files.isDirectory(path) && !Files.isRegularFile(path);
  }
}
