// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.dory.agent.mount.Connections;
import storage.dory.agent.mount.Mounter;
import storage.dory.agent.records.Breadcrumbs;
import storage.dory.agent.records.MountRecord;
import storage.dory.agent.records.MountState;
import storage.dory.agent.records.RecordStore;
import storage.dory.agent.volume.TargetClearing.Cleared;
import storage.dory.plugin.MountId;
import storage.dory.plugin.VolumeName;
import storage.dory.plugin.VolumePlugin;

/**
 * Mounts volumes at targets and takes them off again.
 *
 * <p>Every call ends within its limit, may be repeated at any time and after any crash, and leaves
 * nothing behind that is not recorded. Calls for one target run one after the other, calls to a
 * plugin for one volume too. Safe for many threads.
 */
public final class Volumes {
  private static final Logger LOG = LoggerFactory.getLogger(Volumes.class);

  private final RecordStore records;
  private final Mounter mounter;
  private final LongSupplier clock;
  private final Function<Path, PluginCalls> plugins;
  private final KeyedLocks<Path> targetLocks = new KeyedLocks<>();
  private final KeyedLocks<VolumeKey> volumeLocks = new KeyedLocks<>();
  private final TargetClearing clearing;
  private final VolumeBringing bringing;
  private final ForeignMounts foreign;
  private final DeathNotice noticing;
  private final VolumeRepair repair;

  /**
   * The node it is about.
   *
   * @param mounter its mounts
   * @param connections how the servers of mounts are
   * @param clock nanoseconds that only go forward
   */
  public record Node(Mounter mounter, Connections connections, LongSupplier clock) {}

  /**
   * @param plugins the plugin behind a socket; asked once a socket
   * @param breadcrumbs of the original Dory
   * @param news who is told what becomes of mounts
   */
  public Volumes(
      RecordStore records,
      Node node,
      Function<Path, VolumePlugin> plugins,
      Breadcrumbs breadcrumbs,
      MountNews news) {
    Map<Path, PluginCalls> known = new ConcurrentHashMap<>();
    this.records = records;
    this.mounter = node.mounter();
    this.clock = node.clock();
    this.plugins =
        socket -> known.computeIfAbsent(socket, each -> new PluginCalls(each, plugins.apply(each)));
    this.clearing = new TargetClearing(records, mounter, this.plugins, volumeLocks, news);
    this.foreign = new ForeignMounts(records, mounter, this.plugins, breadcrumbs);
    this.bringing = new VolumeBringing(records, mounter, this.plugins, clearing);
    this.noticing = new DeathNotice(records, mounter, node.connections(), targetLocks, news);
    this.repair =
        new VolumeRepair(
            records,
            new TargetRepair(mounter, node.connections()),
            this.plugins,
            new VolumeRepair.Locks(targetLocks, volumeLocks),
            news);
  }

  /** Has the volume at the target; undoes what it began when that fails. */
  public VolumeOutcome mount(MountRequest request, Duration limit) {
    Deadline deadline = Deadline.in(limit, clock).withReserve();
    return atReal(
        request.target(),
        deadline,
        target ->
            targetLocks
                .holding(target, deadline.left(), () -> mount(request.at(target), deadline))
                .orElseGet(() -> stillUnderWay(target)));
  }

  /** Makes the volume if there is none and it may be made. */
  public VolumeOutcome ensureExists(
      Path socket, VolumeName volume, Optional<Map<String, String>> createWith, Duration limit) {
    Deadline deadline = Deadline.in(limit, clock).withReserve();
    return volumeLocks
        .holding(
            VolumeKey.of(socket, volume),
            deadline.left(),
            () ->
                plugins
                    .apply(socket)
                    .ensureExists(volume, createWith, deadline)
                    .<VolumeOutcome>map(VolumeOutcome.Failed::new)
                    .orElseGet(VolumeOutcome.Done::new))
        .orElseGet(() -> stillUnderWay(volume));
  }

  /**
   * Has nothing at the target. Done as soon as nothing is mounted there; what the plugin could not
   * be told is remembered and told by {@link #settle}.
   *
   * @param socket of the plugin to ask for a mount that there is no record of
   * @param id of such a mount
   */
  public VolumeOutcome unmount(Path target, Path socket, MountId id, Duration limit) {
    Deadline deadline = Deadline.in(limit, clock).withReserve();
    return atReal(
        target,
        deadline,
        real ->
            targetLocks
                .holding(real, deadline.left(), () -> unmount(real, socket, id, deadline))
                .orElseGet(() -> stillUnderWay(real)));
  }

  /**
   * Brings the records in line with what is mounted, once, before the first call: takes off what
   * was half mounted or half unmounted. Asks no plugin; what they are to be told is left to {@link
   * #settle}. What somebody took off meanwhile is left to {@link #noticeDead}; a reboot took off
   * everything, and kubelet asks for what it wants again.
   *
   * @param before why there was no agent
   */
  public void recover(Duration limit, Stopped before) {
    Deadline deadline = Deadline.in(limit, clock);
    for (MountRecord record : records.all()) {
      boolean mounted = mounter.table().isMounted(record.target());
      if (record.state() instanceof MountState.Mounted && (mounted || before == Stopped.AGENT)) {
        continue;
      }
      if (record.state() instanceof MountState.Repairing) {
        // what is mounted there keeps others from the directory below until it is repaired
        continue;
      }
      Optional<String> stuck =
          mounted ? clearing.takeOffAll(record.target(), deadline) : Optional.empty();
      if (stuck.isEmpty()) {
        records.note(record.with(afterwards(record.state())));
      }
      LOG.info(
          "recovered target={} volume={} was={} mounted={} stuck=\"{}\"",
          record.target(),
          record.volume(),
          record.stateName(),
          mounted,
          stuck.orElse(""));
    }
  }

  /** The targets with something left to do, by nobody's call. */
  public List<MountRecord> unsettled() {
    return records.all().stream().filter(each -> !each.isInUse()).toList();
  }

  /**
   * Finishes what is left to do at a target unless a call is at it just now.
   *
   * @return whether there is nothing left to do
   */
  public boolean settle(Path target, Duration limit) {
    return targetLocks
        .holding(target, Duration.ZERO, () -> settle(target, Deadline.in(limit, clock)))
        .orElse(false);
  }

  /**
   * Records every mount that has died since the last time, and tells of it. Asks no server and no
   * plugin; a target that a call is at just now comes another time. One that was taken off and
   * whose directory has gone too was its pod's end.
   *
   * @return all that is dead and not repaired yet
   */
  public List<MountRecord> noticeDead() {
    return noticing.notice();
  }

  /** The mounts in use whose servers have requests to answer, at this moment. */
  public List<MountRecord> awaitingServers() {
    return noticing.awaitingServers();
  }

  /**
   * Has a volume whose mounts are dead mounted again: by the plugin, then at each of its targets. A
   * target never shows the directory below, and one that is unmounted meanwhile stays so.
   */
  public RepairOutcome repair(Path socket, VolumeName volume, Duration limit) {
    return repair.repair(socket, volume, Deadline.in(limit, clock));
  }

  /** Whether the plugin says anything at all. */
  public boolean answers(Path socket, VolumeName volume, Duration limit) {
    return plugins.apply(socket).answers(volume, Deadline.in(limit, clock));
  }

  /** Whether whoever serves what is mounted at a target answers; yes where that is not known. */
  public boolean serves(Path target, Duration limit) {
    return mounter.answers(target, limit);
  }

  /** What is left once nothing is mounted; a plugin does not stop mounting because we do. */
  private static MountState afterwards(MountState before) {
    return switch (before) {
      case MountState.Mounting() -> new MountState.LateMount(0);
      case MountState.LateMount late -> late;
      case MountState.Mounted ignored -> new MountState.TellPlugin();
      case MountState.Repairing repairing -> repairing;
      case MountState.Unmounting() -> new MountState.TellPlugin();
      case MountState.TellPlugin tell -> tell;
    };
  }

  private boolean settle(Path target, Deadline deadline) {
    Optional<MountRecord> record = records.find(target);
    return record.isEmpty()
        || record.get().isInUse()
        || clearing.clear(target, deadline) instanceof Cleared.Nothing;
  }

  private VolumeOutcome mount(MountRequest request, Deadline deadline) {
    return switch (startOf(request)) {
      case ALREADY_THERE -> new VolumeOutcome.Done();
      case UNDER_REPAIR ->
          new VolumeOutcome.Failed(
              "the mount of volume "
                  + request.volume()
                  + " is dead and will be made anew when the plugin at "
                  + request.socket()
                  + " answers; is the volume client's pod of this node running?");
      case BEGIN -> begin(request, deadline);
      case BESIDE_DEBT -> beginBesideDebt(request, deadline);
      case CLEAR_FIRST ->
          switch (clear(request.target(), request.socket(), request.id(), deadline)) {
            case Cleared.Nothing() -> begin(request, deadline);
            // where it has come meanwhile, it is taken over
            case Cleared.ButMountMayCome() -> beginBesideDebt(request, deadline);
            // a plugin that will not let go of the very mount that is asked for may as well have it
            case Cleared.ButPluginRefuses ignored -> beginBesideDebt(request, deadline);
            case Cleared.ButPluginToTell(String why) ->
                startOf(request) == MountStart.BESIDE_DEBT
                    ? beginBesideDebt(request, deadline)
                    : new VolumeOutcome.Failed(why);
            case Cleared.Stuck(String why) -> new VolumeOutcome.Failed(why);
          };
    };
  }

  private MountStart startOf(MountRequest request) {
    return MountStart.of(
        request, records.find(request.target()), mounter.table().isMounted(request.target()));
  }

  /** A debt for this very mount is this one's; one for another is paid beside it. */
  private VolumeOutcome beginBesideDebt(MountRequest request, Deadline deadline) {
    Optional<MountRecord> others =
        records.find(request.target()).filter(each -> !request.announced().sameForPlugin(each));
    try {
      if (others.isPresent()) {
        records.setApart(others.get());
      }
      return begin(request, deadline);
    } catch (IOException e) {
      return new VolumeOutcome.Failed(String.valueOf(e.getMessage()));
    }
  }

  private VolumeOutcome unmount(Path target, Path socket, MountId id, Deadline deadline) {
    return switch (clear(target, socket, id, deadline)) {
      case Cleared.Nothing() -> gone(target);
      case Cleared.ButPluginToTell ignored -> gone(target);
      case Cleared.ButPluginRefuses ignored -> gone(target);
      case Cleared.ButMountMayCome() -> gone(target);
      case Cleared.Stuck(String why) -> new VolumeOutcome.Failed(why);
    };
  }

  private VolumeOutcome gone(Path target) {
    foreign.forget(target);
    return new VolumeOutcome.Done();
  }

  private Cleared clear(Path target, Path socket, MountId id, Deadline deadline) {
    foreign.adopt(target, socket, id, deadline);
    return clearing.clear(target, deadline);
  }

  private VolumeOutcome begin(MountRequest request, Deadline deadline) {
    MountRecord record = request.announced();
    return volumeLocks
        .holding(
            VolumeKey.of(record), deadline.left(), () -> bringing.bring(request, record, deadline))
        .orElseGet(() -> stillUnderWay(request.volume()));
  }

  /** Kubelet's directory may lie behind links, of which neither kernel nor records know. */
  private VolumeOutcome atReal(Path target, Deadline deadline, Function<Path, VolumeOutcome> work) {
    return mounter
        .real(target, deadline.left())
        .map(work)
        .orElseGet(() ->
            new VolumeOutcome.Failed(
                "the directory of " + target + " cannot be looked at: does its disk answer?"));
  }

  private static VolumeOutcome stillUnderWay(Object what) {
    return new VolumeOutcome.Failed("another call for " + what + " is still under way");
  }
}
