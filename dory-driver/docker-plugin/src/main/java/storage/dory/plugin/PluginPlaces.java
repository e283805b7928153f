// SPDX-License-Identifier: Apache-2.0
package storage.dory.plugin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * From what an administrator calls a plugin to the plugin. In between is a path that can be written
 * down: of a socket, of an address file, or {@code <engine socket>/plugins/NAME} for a managed one.
 * Safe for many threads.
 */
public final class PluginPlaces {
  private static final String MANAGED = "[A-Za-z0-9]([A-Za-z0-9_.:/@-]{0,253}[A-Za-z0-9])?";

  private final PluginDirectories directories;
  private final Path managed;
  private final DockerEngine engine;

  /**
   * @param engineSocket of the Docker engine; need not exist, and is asked only where neither a
   *     socket nor an address file has the name
   */
  public PluginPlaces(PluginDirectories directories, Path engineSocket) {
    this.directories = directories;
    this.managed = engineSocket.resolve("plugins");
    this.engine = new DockerEngine(engineSocket, directories.sockets());
  }

  /**
   * The place of a plugin, whether or not anybody answers there.
   *
   * @param named an absolute path, or a plugin's name
   */
  public Path placeOf(String named) {
    if (named.startsWith("/")) {
      return Path.of(named).normalize();
    }
    return directories
        .placeOf(named)
        .or(() -> managedOf(named))
        .orElseGet(() -> directories.sockets().resolve(named + ".sock").normalize());
  }

  /** Whether there is something to ask. */
  public boolean isThere(Path place) {
    return place.startsWith(managed) ? engine.isThere() : Files.exists(place);
  }

  /** The plugin at a place. */
  public VolumePlugin open(Path place) {
    if (place.startsWith(managed)) {
      String name = managed.relativize(place).toString();
      return new LocatedPlugin(limit -> engine.placeOf(name, limit));
    }
    return AddressFile.isOne(place)
        ? new LocatedPlugin(limit -> addressed(place))
        : new UnixSocketPlugin(place);
  }

  private Optional<Path> managedOf(String named) {
    return engine.isThere() && named.matches(MANAGED) && !named.contains("..")
        ? Optional.of(managed.resolve(named).normalize())
        : Optional.empty();
  }

  private static LocatedPlugin.Place addressed(Path file) {
    try {
      return new LocatedPlugin.Place.At(AddressFile.open(file), UnaryOperator.identity());
    } catch (IOException | InvalidPathException e) {
      return new LocatedPlugin.Place.Unknown(
          "the plugin's address in " + file + ": " + e.getMessage());
    }
  }
}
