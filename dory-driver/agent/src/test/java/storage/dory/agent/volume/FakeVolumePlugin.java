// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import storage.dory.plugin.Lookup;
import storage.dory.plugin.MountId;
import storage.dory.plugin.Nothing;
import storage.dory.plugin.PluginVolume;
import storage.dory.plugin.Reply;
import storage.dory.plugin.Scope;
import storage.dory.plugin.VolumeName;
import storage.dory.plugin.VolumePlugin;

/** Keeps mount ids as rclone's plugin does: a set for each volume, strict about who holds what. */
final class FakeVolumePlugin implements VolumePlugin {

  /** How well it can be reached. */
  enum Line {
    UP,
    /** Nothing arrives. */
    DOWN,
    /** Requests are carried out, answers are lost. */
    DEAF,
    /** Mounts are begun and not answered; every other call is answered. */
    SLOW,
    /** It answers, and always no. */
    REFUSING
  }

  final Map<String, Set<String>> ids = new TreeMap<>();
  final Map<String, Map<String, String>> created = new TreeMap<>();
  Line line = Line.UP;

  /** How often its servers have died. */
  private int deaths;

  /** Whether all volumes are of one filesystem, as directories of one disk or exports are. */
  boolean sharedDevice;

  /** Whether it refuses to unmount what it holds. */
  boolean clinging;

  /** Whether Get and List say where volumes are. */
  boolean tellsMountpoints = true;

  /** The device it says a volume is on, while it has it mounted where nobody else sees it. */
  Optional<String> device = Optional.empty();

  /** Every Mount and Unmount that was answered or not. */
  final List<String> asked = new ArrayList<>();

  private Supplier<Reply<Path>> underWay = () -> new Reply.Refused<>("no Mount is under way");
  private final FakeNode node;

  FakeVolumePlugin(FakeNode node, String... volumes) {
    this.node = node;
    for (String volume : volumes) {
      ids.put(volume, new TreeSet<>());
    }
  }

  static Path mountpoint(String volume) {
    return Path.of("/vols", volume);
  }

  /** Its process is killed and another one started, that has cleared away what was mounted. */
  void restart() {
    die();
    ids.forEach((volume, held) -> {
      held.clear();
      node.takeOff(mountpoint(volume));
    });
  }

  /** The servers of its mounts die; it holds on to the mounts, and knows nothing of that. */
  void die() {
    ids.keySet().forEach(volume -> node.aborted.add(device(volume)));
    deaths++;
  }

  String device(String volume) {
    return (sharedDevice ? "1" : Integer.toString(Math.floorMod(volume.hashCode(), 1 << 20)))
        + ":"
        + deaths;
  }

  /** The Mount that was not answered is carried out. */
  void finishLateMount() {
    Reply<Path> nobodys = underWay.get();
    assertThat(nobodys).isInstanceOf(Reply.Done.class);
  }

  Set<String> holding(String volume) {
    return ids.getOrDefault(volume, Set.of());
  }

  @Override
  public Reply<Set<String>> activate(Duration limit) {
    return new Reply.Done<>(Set.of("VolumeDriver"));
  }

  @Override
  public Reply<Nothing> create(VolumeName name, Map<String, String> options, Duration limit) {
    return node.effect(
        "Create",
        () -> {
          ids.putIfAbsent(name.value(), new TreeSet<>());
          created.put(name.value(), options);
          return new Reply.Done<>(Nothing.NOTHING);
        });
  }

  @Override
  public Lookup get(VolumeName name, Duration limit) {
    return switch (line) {
      case DOWN -> new Lookup.Unreachable("the plugin is away");
      case UP, REFUSING, DEAF, SLOW ->
          ids.containsKey(name.value())
              ? new Lookup.Found(volume(name.value()))
              : new Lookup.Absent();
    };
  }

  @Override
  public Reply<List<PluginVolume>> list(Duration limit) {
    return line == Line.UP
        ? new Reply.Done<>(ids.keySet().stream().map(this::volume).toList())
        : new Reply.Unreachable<>("the plugin is away", false);
  }

  @Override
  public Reply<Path> path(VolumeName name, Duration limit) {
    return new Reply.Done<>(mountpoint(name.value()));
  }

  @Override
  public Reply<Path> mount(VolumeName name, MountId id, Duration limit) {
    asked.add("Mount " + id);
    return switch (line) {
      case DOWN -> new Reply.Unreachable<>("the plugin is away", false);
      case REFUSING -> new Reply.Refused<>("no");
      case UP -> doMount(name.value(), id.value());
      case SLOW -> {
        underWay = () -> doMount(name.value(), id.value());
        yield new Reply.Unreachable<>("no answer in time", true);
      }
      case DEAF -> {
        Reply<Path> lost = doMount(name.value(), id.value());
        yield new Reply.Unreachable<>("no answer; lost " + lost, true);
      }
    };
  }

  @Override
  public Reply<Nothing> unmount(VolumeName name, MountId id, Duration limit) {
    asked.add("Unmount " + id);
    return switch (line) {
      case DOWN -> new Reply.Unreachable<>("the plugin is away", false);
      case REFUSING -> new Reply.Refused<>("busy");
      case UP, SLOW -> doUnmount(name.value(), id.value());
      case DEAF -> new Reply.Unreachable<>("no answer", true);
    };
  }

  @Override
  public Reply<Nothing> remove(VolumeName name, Duration limit) {
    return new Reply.Refused<>("not in these tests");
  }

  @Override
  public Reply<Scope> capabilities(Duration limit) {
    return new Reply.Done<>(Scope.LOCAL);
  }

  private Reply<Path> doMount(String name, String id) {
    if (holding(name).contains(id)) {
      return new Reply.Refused<>("volume is already mounted by this id");
    }
    return node.effect(
        "Mount",
        () -> {
          if (holding(name).isEmpty() && device.isEmpty()) {
            node.put(device(name), mountpoint(name), false);
          }
          holding(name).add(id);
          return new Reply.Done<>(mountpoint(name));
        });
  }

  private Reply<Nothing> doUnmount(String name, String id) {
    if (!holding(name).contains(id)) {
      return new Reply.Refused<>("volume is not mounted by this id");
    }
    if (clinging) {
      return new Reply.Refused<>("busy");
    }
    return node.effect(
        "Unmount",
        () -> {
          holding(name).remove(id);
          if (holding(name).isEmpty()) {
            node.takeOff(mountpoint(name));
          }
          return new Reply.Done<>(Nothing.NOTHING);
        });
  }

  private PluginVolume volume(String name) {
    return new PluginVolume(
        new VolumeName(name),
        Optional.of(mountpoint(name).toString()).filter(each -> tellsMountpoints),
        device.map(each -> Map.of("devicePath", each, "other", "1")).orElse(Map.of()));
  }

  /** Every id it holds, for messages. */
  List<String> all() {
    List<String> all = new ArrayList<>();
    ids.forEach((volume, held) -> held.forEach(id -> all.add(volume + ":" + id)));
    return all;
  }
}
