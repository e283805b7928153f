// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit.run;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import storage.dory.plugin.Lookup;
import storage.dory.plugin.Nothing;
import storage.dory.plugin.PluginDirectories;
import storage.dory.plugin.PluginVolume;
import storage.dory.plugin.Reply;
import storage.dory.plugin.Scope;
import storage.dory.plugin.VolumeName;
import storage.dory.plugin.VolumePlugin;

/**
 * The node's plugin of one name. Only what changes nothing is repeated: the plugin's pod may come
 * up while this one runs, and asking changes nothing.
 */
public final class PluginAccess {
  private static final Duration CHANGE_LIMIT = Duration.ofMinutes(2);
  private static final Duration LOOK_LIMIT = Duration.ofMinutes(1);

  private final PluginDirectories directories;
  private final String plugin;
  private final Duration patience;
  private final Duration pause;
  private final Function<Path, VolumePlugin> connect;
  private final BooleanSupplier stopping;
  private final Map<Path, VolumePlugin> connected = new HashMap<>();

  /**
   * @param patience how long to wait for a plugin that cannot be reached
   * @param pause between two tries
   * @param stopping whether somebody waits for the end of this run
   */
  public PluginAccess(
      PluginDirectories directories,
      String plugin,
      Duration patience,
      Duration pause,
      Function<Path, VolumePlugin> connect,
      BooleanSupplier stopping) {
    this.directories = directories;
    this.plugin = plugin;
    this.patience = patience;
    this.pause = pause;
    this.connect = connect;
    this.stopping = stopping;
  }

  /** Whether nothing more is to be begun. */
  boolean stopping() {
    return stopping.getAsBoolean();
  }

  /** Whether the volume exists, asked again while the plugin cannot be reached. */
  Lookup find(VolumeName volume) {
    return patiently(() -> lookup(volume), found -> !(found instanceof Lookup.Unreachable));
  }

  private <T> T patiently(Supplier<T> question, Predicate<T> answered) {
    long start = System.nanoTime();
    while (true) {
      T found = question.get();
      boolean over = System.nanoTime() - start > patience.toNanos();
      if (answered.test(found) || over || stopping.getAsBoolean()) {
        return found;
      }
      try {
        TimeUnit.NANOSECONDS.sleep(pause.toNanos());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return found;
      }
    }
  }

  Reply<Nothing> create(VolumeName volume, Map<String, String> options) {
    return with(reached -> reached.create(volume, options, CHANGE_LIMIT));
  }

  Reply<Nothing> remove(VolumeName volume) {
    return with(reached -> reached.remove(volume, CHANGE_LIMIT));
  }

  Reply<Scope> scope() {
    return with(reached -> reached.capabilities(LOOK_LIMIT));
  }

  /** All volumes of the plugin; asked again while it cannot be reached. */
  Reply<List<PluginVolume>> list() {
    return patiently(
        () -> with(reached -> reached.list(LOOK_LIMIT)),
        reply -> !(reply instanceof Reply.Unreachable<List<PluginVolume>>));
  }

  private Lookup lookup(VolumeName volume) {
    Optional<Path> socket = directories.socketOf(plugin);
    if (socket.isEmpty()) {
      return new Lookup.Unreachable(noSocket());
    }
    VolumePlugin reached = reached(socket.get());
    Lookup found = reached.get(volume, LOOK_LIMIT);
    return found instanceof Lookup.Refused refused
        ? among(reached.list(LOOK_LIMIT), volume, refused)
        : found;
  }

  /** Plugins have words of their own for "no such volume"; their list settles it. */
  private static Lookup among(
      Reply<List<PluginVolume>> listed, VolumeName volume, Lookup.Refused refused) {
    return switch (listed) {
      case Reply.Done<List<PluginVolume>>(List<PluginVolume> all) ->
          all.stream()
              .filter(each -> each.name().equals(volume))
              .findFirst()
              .<Lookup>map(Lookup.Found::new)
              .orElseGet(Lookup.Absent::new);
      case Reply.Refused<List<PluginVolume>> alsoRefused -> refused;
      case Reply.Unreachable<List<PluginVolume>>(String why, boolean ignored) ->
          new Lookup.Unreachable(why);
    };
  }

  private <T> Reply<T> with(Function<VolumePlugin, Reply<T>> call) {
    return directories
        .socketOf(plugin)
        .map(this::reached)
        .map(call)
        .orElseGet(() -> new Reply.Unreachable<>(noSocket(), false));
  }

  /** One client a socket: making one takes tens of milliseconds. */
  private VolumePlugin reached(Path socket) {
    return connected.computeIfAbsent(socket, connect);
  }

  private String noSocket() {
    return "there is no socket " + directories.sockets().resolve(plugin + ".sock");
  }

  /** What an operator reads when the plugin could not be reached. */
  String unreachable(String why) {
    return "plugin "
        + plugin
        + " could not be reached: "
        + why
        + "; check that the volume client runs on this node and that the directory "
        + directories.sockets()
        + " of the node is mounted into this pod";
  }
}
