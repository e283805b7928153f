// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import storage.dory.agent.mount.MountTable;
import storage.dory.agent.records.MountRecord;
import storage.dory.agent.volume.ForeignMounts.Owner;
import storage.dory.plugin.Lookup;
import storage.dory.plugin.Nothing;
import storage.dory.plugin.PluginVolume;
import storage.dory.plugin.Reply;
import storage.dory.plugin.VolumeName;
import storage.dory.plugin.VolumePlugin;

/**
 * What mounting needs of a plugin, made of the protocol's calls, with what plugins differ in evened
 * out. Each method ends within its deadline; the caller serialises calls for one volume.
 */
final class PluginCalls {
  private static final List<String> WORDS_FOR_NOT_MOUNTED =
      List.of("not mounted", "not found", "no such volume", "does not exist", "unknown volume");

  /** HPE's word for it. */
  private static final String DEVICE = "devicePath";

  private final Path socket;
  private final VolumePlugin plugin;

  /** Whether it may have a Status to tell: most have none, and are not asked for it. */
  private volatile boolean hasStatus;

  PluginCalls(Path socket, VolumePlugin plugin) {
    this.socket = socket;
    this.plugin = plugin;
  }

  /** Sees to it that the volume exists; answers why it does not, empty when it does. */
  Optional<String> ensureExists(
      VolumeName name, Optional<Map<String, String>> createWith, Deadline deadline) {
    return switch (plugin.get(name, deadline.left())) {
      case Lookup.Found(PluginVolume found) -> {
        if (!found.status().isEmpty()) {
          hasStatus = true;
        }
        yield Optional.empty();
      }
      case Lookup.Refused(String words) ->
          Optional.of(says("asked for volume " + name + ", refused", words));
      case Lookup.Unreachable(String why) -> Optional.of(unreachable(why));
      case Lookup.Absent() ->
          createWith.isEmpty()
              ? Optional.of(
                  "volume "
                      + name
                      + " does not exist in the plugin at "
                      + socket
                      + "; it is not created: its driver is configured to NOT create volumes, or a provisioner"
                      + " had made it")
              : create(name, createWith.get(), deadline);
    };
  }

  /** Has the volume mounted; a mount left by an interrupted call with the same id is taken over. */
  Brought bring(MountRecord record, MountTable table, Deadline deadline) {
    Reply<Path> reply = plugin.mount(record.volume(), record.id(), deadline.left());
    if (reply instanceof Reply.Refused<Path>(String words) && saysAlreadyMounted(words)) {
      return plugin.path(record.volume(), deadline.left()) instanceof Reply.Done<Path>(Path path)
              && table.isMounted(path)
          ? new Brought.At(path)
          : bringAgain(record, deadline);
    }
    return brought(reply);
  }

  /**
   * Has the plugin forget a mount that is dead. That it refuses says nothing: it may have forgotten
   * it already, and plugins have many words for that.
   *
   * @return why it could not be asked, empty when it was
   */
  Optional<String> letGo(MountRecord record, Deadline deadline) {
    return switch (plugin.unmount(record.volume(), record.id(), deadline.left())) {
      case Reply.Done<Nothing> ignored -> Optional.empty();
      case Reply.Refused<Nothing> ignored -> Optional.empty();
      case Reply.Unreachable<Nothing>(String why, boolean ignored) -> Optional.of(unreachable(why));
    };
  }

  /** Whether something is mounted where the plugin has the volume; no where it does not say. */
  boolean isMounted(VolumeName volume, MountTable table, Deadline deadline) {
    return plugin.path(volume, deadline.left()) instanceof Reply.Done<Path>(Path path)
        && table.isMounted(path);
  }

  /**
   * The device that a volume is on, of a plugin that mounts where we cannot see it and says so: the
   * original's way with kubelets in containers.
   */
  Optional<Path> deviceOf(VolumeName volume, Deadline deadline) {
    return plugin.get(volume, deadline.left()) instanceof Lookup.Found(PluginVolume found)
        ? Optional.ofNullable(found.status().get(DEVICE)).flatMap(PluginCalls::absolute)
        : Optional.empty();
  }

  /** As {@link #deviceOf}, of a volume that was just found or made: asks only if that may help. */
  Optional<Path> deviceIfAny(VolumeName volume, Deadline deadline) {
    return hasStatus ? deviceOf(volume, deadline) : Optional.empty();
  }

  /** Whether it says anything at all about a volume. */
  boolean answers(VolumeName volume, Deadline deadline) {
    return !(plugin.get(volume, deadline.left()) instanceof Lookup.Unreachable);
  }

  /** Tells the plugin that the mount is over. */
  Told tell(MountRecord record, Deadline deadline) {
    Reply<Nothing> reply = plugin.unmount(record.volume(), record.id(), deadline.left());
    return switch (reply) {
      case Reply.Done<Nothing> ignored -> new Told.Knows();
      case Reply.Unreachable<Nothing>(String why, boolean ignored) ->
          new Told.Later(unreachable(why));
      case Reply.Refused<Nothing>(String words) ->
          saysNotMounted(words)
                  || plugin.get(record.volume(), deadline.left()) instanceof Lookup.Absent
              ? new Told.KnowsNone()
              : new Told.Refuses(says("refused to unmount volume " + record.volume(), words));
    };
  }

  /**
   * The volume the plugin has at one of the places.
   *
   * @param name of the volume when there is no place
   */
  Owner ownerOf(List<Path> places, VolumeName name, Deadline deadline) {
    for (Path place : places) {
      switch (plugin.get(new VolumeName(lastOf(place)), deadline.left())) {
        case Lookup.Found(PluginVolume volume) -> {
          if (volume.mountpoint().isEmpty() || isAt(volume, List.of(place))) {
            return new Owner.Is(volume.name());
          }
        }
        case Lookup.Absent() -> {}
        case Lookup.Refused ignored -> {}
        case Lookup.Unreachable(String why) -> {
          return new Owner.NotKnown(unreachable(why));
        }
      }
    }
    return places.isEmpty() ? ownerByName(name, deadline) : listed(places, deadline);
  }

  private Owner ownerByName(VolumeName name, Deadline deadline) {
    return switch (plugin.get(name, deadline.left())) {
      case Lookup.Found ignored -> new Owner.Is(name);
      case Lookup.Absent() -> new Owner.Nobody();
      case Lookup.Refused(String words) ->
          new Owner.NotKnown(says("asked for volume " + name + ", refused", words));
      case Lookup.Unreachable(String why) -> new Owner.NotKnown(unreachable(why));
    };
  }

  private Owner listed(List<Path> places, Deadline deadline) {
    return switch (plugin.list(deadline.left())) {
      case Reply.Done<List<PluginVolume>>(List<PluginVolume> volumes) ->
          volumes.stream()
              .filter(each -> isAt(each, places))
              .map(PluginVolume::name)
              .findFirst()
              .<Owner>map(Owner.Is::new)
              .orElseGet(Owner.Nobody::new);
      case Reply.Refused<List<PluginVolume>>(String words) ->
          new Owner.NotKnown(says("refused to list its volumes", words));
      case Reply.Unreachable<List<PluginVolume>>(String why, boolean ignored) ->
          new Owner.NotKnown(unreachable(why));
    };
  }

  private static boolean isAt(PluginVolume volume, List<Path> places) {
    return volume
        .mountpoint()
        .filter(each -> places.stream().anyMatch(place -> place.toString().equals(each)))
        .isPresent();
  }

  private static Optional<Path> absolute(String text) {
    try {
      return Optional.of(Path.of(text)).filter(Path::isAbsolute);
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private static String lastOf(Path place) {
    return place.getFileName() == null ? "/" : place.getFileName().toString();
  }

  private Optional<String> create(VolumeName name, Map<String, String> options, Deadline deadline) {
    return switch (plugin.create(name, options, deadline.left())) {
      case Reply.Done<Nothing> ignored -> {
        hasStatus = true;
        yield Optional.empty();
      }
      case Reply.Refused<Nothing>(String words) ->
          plugin.get(name, deadline.left()) instanceof Lookup.Found
              ? Optional.empty()
              : Optional.of(says("refused to create volume " + name, words));
      case Reply.Unreachable<Nothing>(String why, boolean ignored) -> Optional.of(unreachable(why));
    };
  }

  private Brought bringAgain(MountRecord record, Deadline deadline) {
    Reply<Nothing> released = plugin.unmount(record.volume(), record.id(), deadline.left());
    return switch (released) {
      case Reply.Unreachable<Nothing>(String why, boolean ignored) ->
          new Brought.Unclear(unreachable(why));
      case Reply.Refused<Nothing>(String words) ->
          new Brought.Unclear(says("holds a mount it refuses to give up", words));
      case Reply.Done<Nothing> ignored ->
          brought(plugin.mount(record.volume(), record.id(), deadline.left()));
    };
  }

  private Brought brought(Reply<Path> reply) {
    return switch (reply) {
      case Reply.Done<Path>(Path path) -> new Brought.At(path);
      case Reply.Refused<Path>(String words) -> new Brought.Not(says("refused to mount", words));
      case Reply.Unreachable<Path>(String why, boolean mayHaveHappened) ->
          mayHaveHappened
              ? new Brought.Unclear(unreachable(why))
              : new Brought.Not(unreachable(why));
    };
  }

  private String says(String what, String words) {
    return "the plugin at " + socket + " " + what + ": " + words;
  }

  /** Begins as the original's words do, which people look for. */
  private static String unreachable(String why) {
    return "Unable to communicate with docker volume plugin - "
        + why
        + "; is the volume client's pod of this node running?";
  }

  private static boolean saysAlreadyMounted(String words) {
    return words.toLowerCase(Locale.ROOT).contains("already mounted");
  }

  private static boolean saysNotMounted(String words) {
    String lower = words.toLowerCase(Locale.ROOT);
    return WORDS_FOR_NOT_MOUNTED.stream().anyMatch(lower::contains);
  }
}
