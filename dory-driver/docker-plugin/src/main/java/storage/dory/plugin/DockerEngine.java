// SPDX-License-Identifier: Apache-2.0
package storage.dory.plugin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The managed (v2) plugins of a Docker engine: their sockets, and where the paths they say are on
 * the host. The engine is asked anew at each call, since a plugin that is installed again has
 * another id; while it cannot be asked, what it said last is believed. Safe for many threads.
 */
final class DockerEngine {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String DATA_ROOT = "/var/lib/docker";

  private final Path socket;
  private final Path pluginSockets;
  private final HttpCalls calls;
  private final Map<String, Managed> known = new ConcurrentHashMap<>();

  /**
   * A plugin the engine runs.
   *
   * @param id of the installation
   * @param socket its file's name
   * @param propagated directory of the plugin whose mounts the host sees; empty: none
   * @param dataRoot of the engine, on the host
   */
  record Managed(String id, String socket, Optional<Path> propagated, Path dataRoot) {

    /** A path as the plugin says it, as the host has it. */
    Path onHost(Path path) {
      Path home = dataRoot.resolve("plugins").resolve(id);
      Path absolute = Path.of("/").resolve(path).normalize();
      return propagated
          .filter(absolute::startsWith)
          .map(shared -> home.resolve("propagated-mount").resolve(shared.relativize(absolute)))
          .orElseGet(() -> home.resolve("rootfs").resolve(Path.of("/").relativize(absolute)))
          .normalize();
    }
  }

  /** Not known to be there. */
  private static final class NotThere extends Exception {
    private static final long serialVersionUID = 1;

    NotThere(String why) {
      super(why);
    }
  }

  /**
   * @param socket the engine's
   * @param pluginSockets directory of plugin sockets
   */
  DockerEngine(Path socket, Path pluginSockets) {
    this.socket = socket;
    this.pluginSockets = pluginSockets;
    this.calls = HttpCalls.over(socket, "the Docker engine");
  }

  boolean isThere() {
    return Files.exists(socket);
  }

  /** Finds the plugin of a name, with or without its tag {@code latest}. */
  LocatedPlugin.Place placeOf(String name, Duration limit) {
    try {
      Managed managed = find(name, limit);
      return new LocatedPlugin.Place.At(
          new UnixSocketPlugin(pluginSockets.resolve(managed.id()).resolve(managed.socket())),
          managed::onHost);
    } catch (NotThere e) {
      return new LocatedPlugin.Place.Unknown(String.valueOf(e.getMessage()));
    }
  }

  private Managed find(String name, Duration limit) throws NotThere {
    return switch (calls.get("/plugins", limit)) {
      case Reply.Done<RawAnswer>(RawAnswer answer) -> {
        Managed found = named(name, json(answer), limit);
        known.put(name, found);
        yield found;
      }
      case Reply.Refused<RawAnswer>(String words) -> throw new NotThere(words);
      case Reply.Unreachable<RawAnswer>(String why, boolean ignored) -> {
        Managed last = known.get(name);
        if (last == null) {
          throw new NotThere(why);
        }
        yield last;
      }
    };
  }

  private Managed named(String name, JsonNode plugins, Duration limit) throws NotThere {
    for (JsonNode each : plugins) {
      String its = each.path("Name").asText();
      if (!its.equals(name) && !its.equals(name + ":latest")) {
        continue;
      }
      if (!each.path("Enabled").asBoolean()) {
        throw new NotThere("the managed plugin " + its + " is disabled; docker plugin enable");
      }
      return managed(each, limit);
    }
    throw new NotThere(
        "neither a socket of the name "
            + name
            + " in "
            + pluginSockets
            + " nor a managed plugin in the Docker engine at "
            + socket);
  }

  private Managed managed(JsonNode plugin, Duration limit) throws NotThere {
    JsonNode config = plugin.path("Config");
    String id = plugin.path("Id").asText();
    String file = config.path("Interface").path("Socket").asText();
    // both become parts of a path
    if (!id.matches("[A-Za-z0-9]{1,128}") || !file.matches("[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")) {
      throw new NotThere("the Docker engine at " + socket + " answered no id or socket");
    }
    return new Managed(
        id,
        file,
        Optional.of(config.path("PropagatedMount").asText())
            .filter(path -> path.startsWith("/"))
            .map(path -> Path.of(path).normalize()),
        dataRoot(limit));
  }

  private Path dataRoot(Duration limit) {
    if (!(calls.get("/info", limit) instanceof Reply.Done<RawAnswer>(RawAnswer answer))) {
      return Path.of(DATA_ROOT);
    }
    return read(answer)
        .map(info -> info.path("DockerRootDir").asText())
        .filter(root -> root.startsWith("/"))
        .map(root -> Path.of(root).normalize())
        .orElseGet(() -> Path.of(DATA_ROOT));
  }

  private JsonNode json(RawAnswer answer) throws NotThere {
    return read(answer)
        .filter(JsonNode::isArray)
        .orElseThrow(() ->
            new NotThere(
                "the Docker engine at "
                    + socket
                    + " answered no list of plugins, HTTP status "
                    + answer.status()));
  }

  private static Optional<JsonNode> read(RawAnswer answer) {
    try {
      return answer.status() == 200
          ? Optional.ofNullable(JSON.readTree(answer.body()))
          : Optional.empty();
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }
}
