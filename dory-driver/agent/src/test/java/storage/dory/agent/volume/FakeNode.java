// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import storage.dory.agent.mount.ConnectionState;
import storage.dory.agent.mount.Connections;
import storage.dory.agent.mount.LabelOutcome;
import storage.dory.agent.mount.MountEntry;
import storage.dory.agent.mount.MountOutcome;
import storage.dory.agent.mount.MountTable;
import storage.dory.agent.mount.Mounter;
import storage.dory.agent.records.Breadcrumbs;
import storage.dory.agent.records.RecordStore;
import storage.dory.plugin.VolumePlugin;

/**
 * A node's mount table without a node. Every effect on the world goes through {@link #effect},
 * where the agent can be killed before or after it; what is mounted outlives the agent.
 */
final class FakeNode implements Mounter, Connections {
  /** The agent's end: nothing of it runs any further. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1;
  }

  final List<MountEntry> mounts = new ArrayList<>();
  final List<String> effects = new ArrayList<>();
  final Set<String> refusing = new TreeSet<>();
  final Set<String> aborted = new TreeSet<>();
  final Set<String> awaiting = new TreeSet<>();
  Runnable atEachMoment = () -> {};
  int busyUnmounts;

  /** Directories that are not there. */
  final Set<Path> gone = new TreeSet<>();

  /** What plugins mount, and what is on devices. */
  String filesystem = "fuse.x";

  String deviceFilesystem = "xfs";
  private int killAt = Integer.MAX_VALUE;
  private int moments;

  /** Two moments an effect: the even one is before it, the odd one after. */
  void killAtMoment(int moment) {
    killAt = moment;
    moments = 0;
    effects.clear();
  }

  <T> T effect(String name, Supplier<T> work) {
    moment();
    T result = work.get();
    effects.add(name);
    moment();
    return result;
  }

  void put(String device, Path point, boolean readOnly) {
    mounts.add(
        new MountEntry(device, "/", point.toString(), Set.of(readOnly ? "ro" : "rw"), filesystem));
  }

  void takeOff(Path point) {
    for (int i = mounts.size() - 1; i >= 0; i--) {
      if (mounts.get(i).point().equals(point.toString())) {
        mounts.remove(i);
        return;
      }
    }
  }

  /** The agent's part in it, as a new agent has it that finds these records. */
  Volumes volumes(
      RecordStore records, Function<Path, VolumePlugin> plugins, Path dir, MountNews news) {
    return new Volumes(
        records,
        new Volumes.Node(this, this, System::nanoTime),
        plugins,
        new Breadcrumbs(dir.resolve("exec")),
        news);
  }

  /** Those that somebody serves. */
  List<String> livingMounts() {
    return mounts.stream()
        .filter(each -> !aborted.contains(each.device()))
        .map(MountEntry::point)
        .toList();
  }

  @Override
  public ConnectionState of(MountEntry mount) {
    return aborted.contains(mount.device())
        ? new ConnectionState.Aborted()
        : new ConnectionState.Open(awaiting.contains(mount.device()) ? 1 : 0);
  }

  @Override
  public MountTable table() {
    return new MountTable(mounts);
  }

  @Override
  public Optional<Path> real(Path target, Duration limit) {
    return Optional.of(target);
  }

  @Override
  public boolean answers(Path mount, Duration limit) {
    return !refusing.contains("answers");
  }

  @Override
  public MountOutcome giveGroup(Path directory, long group, Duration limit) {
    return refusing.contains("group")
        ? new MountOutcome.Refused("giving " + directory + ": no owners here")
        : effect("group " + directory + " " + group, MountOutcome.Done::new);
  }

  @Override
  public MountOutcome mountDevice(Path device, Path target, boolean readOnly, Duration limit) {
    return effect(
        "device " + device,
        () -> {
          mounts.add(
              new MountEntry(
                  "8:16",
                  "/",
                  target.toString(),
                  Set.of(readOnly ? "ro" : "rw"),
                  deviceFilesystem));
          return new MountOutcome.Done();
        });
  }

  @Override
  public MountOutcome inspect(Path source, Duration limit) {
    if (gone.contains(source)) {
      return new MountOutcome.Refused("looking at " + source + ": No such file or directory");
    }
    return refusing.contains("inspect")
        ? new MountOutcome.Refused("looking at " + source + ": not here")
        : refusing.contains("hanging")
            ? new MountOutcome.TooLate("looking at " + source + ": no answer")
            : new MountOutcome.Done();
  }

  @Override
  public LabelOutcome label(Path directory, String type, Duration limit) {
    if (refusing.contains("label")) {
      return new LabelOutcome.Refused(
          "giving " + directory + " the SELinux label " + type + ": no");
    }
    effect("label " + directory + " " + type, MountOutcome.Done::new);
    return refusing.contains("type")
        ? new LabelOutcome.NoSuchType("the policy has no " + type)
        : new LabelOutcome.Settled();
  }

  @Override
  public MountOutcome makeTarget(Path target, Duration limit) {
    return effect("mkdir", MountOutcome.Done::new);
  }

  @Override
  public MountOutcome bind(Path source, Path target, boolean readOnly, Duration limit) {
    if (refusing.contains("bind") || gone.contains(target)) {
      return new MountOutcome.Refused("binding: refused");
    }
    return effect(
        "bind",
        () -> {
          put(table().top(source).map(MountEntry::device).orElse("0:0"), target, readOnly);
          return new MountOutcome.Done();
        });
  }

  @Override
  public MountOutcome unmount(Path target, Duration limit) {
    if (busyUnmounts > 0) {
      busyUnmounts--;
      return new MountOutcome.Busy();
    }
    return refusing.contains("unmount")
        ? new MountOutcome.Refused("unmounting: refused")
        : effect("umount", () -> off(target));
  }

  @Override
  public MountOutcome detach(Path target, Duration limit) {
    return effect("detach", () -> off(target));
  }

  private MountOutcome off(Path target) {
    takeOff(target);
    return new MountOutcome.Done();
  }

  private void moment() {
    atEachMoment.run();
    if (moments++ == killAt) {
      throw new Killed();
    }
  }
}
