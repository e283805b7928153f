// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.dory.agent.mount.MountEntry;
import storage.dory.agent.mount.MountOutcome;
import storage.dory.agent.mount.MountTable;
import storage.dory.agent.mount.Mounter;
import storage.dory.agent.records.MountRecord;
import storage.dory.agent.records.MountState;
import storage.dory.agent.records.RecordStore;

/**
 * Brings a target to nothing: not mounted, the plugin told, no record. The caller holds the
 * target's lock.
 */
final class TargetClearing {
  private static final Logger LOG = LoggerFactory.getLogger(TargetClearing.class);
  private static final Duration BUSY_PATIENCE = Duration.ofSeconds(2);
  private static final Duration BUSY_PAUSE = Duration.ofMillis(100);

  /** A plugin that hangs does not keep a pod from going for longer. */
  private static final Duration TELLING = Duration.ofSeconds(30);

  private final RecordStore records;
  private final Mounter mounter;
  private final Function<Path, PluginCalls> plugins;
  private final KeyedLocks<VolumeKey> volumeLocks;
  private final MountNews news;

  /** How clearing ended. */
  sealed interface Cleared {

    /** Nothing is left. */
    record Nothing() implements Cleared {}

    /** Nothing is mounted, the plugin is still to be told; recorded so. */
    record ButPluginToTell(String why) implements Cleared {}

    /** Nothing is mounted, and the plugin says no to being told; recorded so. */
    record ButPluginRefuses(String why) implements Cleared {}

    /** Nothing is mounted, but the plugin may still carry out a Mount; recorded so. */
    record ButMountMayCome() implements Cleared {}

    /** Something is still mounted. */
    record Stuck(String why) implements Cleared {}
  }

  TargetClearing(
      RecordStore records,
      Mounter mounter,
      Function<Path, PluginCalls> plugins,
      KeyedLocks<VolumeKey> volumeLocks,
      MountNews news) {
    this.records = records;
    this.mounter = mounter;
    this.plugins = plugins;
    this.volumeLocks = volumeLocks;
    this.news = news;
  }

  Cleared clear(Path target, Deadline deadline) {
    while (true) {
      MountTable table = mounter.table();
      UnmountStep step = UnmountStep.next(records.find(target), table.isMounted(target));
      switch (step) {
        case UnmountStep.Finished() -> {
          return new Cleared.Nothing();
        }
        case UnmountStep.Announce(MountRecord record) -> records.note(record);
        case UnmountStep.TakeOff() -> {
          Optional<String> stuck = takeOff(target, table, deadline);
          if (stuck.isPresent()) {
            return new Cleared.Stuck(stuck.get());
          }
        }
        case UnmountStep.Tell(MountRecord record) -> {
          switch (tell(record, deadline)) {
            case Told.Later(String why) -> {
              rememberToTell(record, why);
              return new Cleared.ButPluginToTell(why);
            }
            case Told.Refuses(String why) -> {
              Optional<MountState> left = refused(record, why, deadline);
              if (left.isPresent()) {
                records.note(record.with(left.get()));
                return new Cleared.ButPluginRefuses(why);
              }
              release(record);
            }
            case Told.KnowsNone() -> {
              if (record.state() instanceof MountState.LateMount late && !late.isOver()) {
                records.note(record.with(late.toldAgain()));
                return new Cleared.ButMountMayCome();
              }
              release(record);
            }
            case Told.Knows() -> release(record);
          }
        }
      }
    }
  }

  /** Only takes mounts off, so that no plugin is waited for. */
  Optional<String> takeOffAll(Path target, Deadline deadline) {
    Optional<String> stuck = Optional.empty();
    MountTable table = mounter.table();
    while (stuck.isEmpty() && table.isMounted(target)) {
      stuck = takeOff(target, table, deadline);
      table = mounter.table();
    }
    return stuck;
  }

  private Optional<String> takeOff(Path target, MountTable table, Deadline deadline) {
    Deadline patience = Deadline.in(deadline.left(BUSY_PATIENCE), deadline.clock());
    while (true) {
      switch (mounter.unmount(target, deadline.left())) {
        case MountOutcome.Done() -> {
          return fewerThan(table, target);
        }
        case MountOutcome.Refused(String why) -> {
          return Optional.of(why);
        }
        case MountOutcome.TooLate(String why) -> {
          return Optional.of(why);
        }
        case MountOutcome.Busy() -> {
          if (patience.passed() || !pause()) {
            return detach(target, table, deadline);
          }
        }
      }
    }
  }

  /**
   * A mount that stays busy would keep the pod Terminating for ever; the bind is ours and its users
   * have gone or are going, so it may end when they do.
   */
  private Optional<String> detach(Path target, MountTable table, Deadline deadline) {
    LOG.warn("still busy, detaching target={}", target);
    return switch (mounter.detach(target, deadline.left())) {
      case MountOutcome.Done() -> fewerThan(table, target);
      case MountOutcome.Busy() -> Optional.of(target + " is busy and cannot be detached");
      case MountOutcome.Refused(String why) -> Optional.of(why);
      case MountOutcome.TooLate(String why) -> Optional.of(why);
    };
  }

  /** The table is the truth: what the kernel calls done and still shows is not done. */
  private Optional<String> fewerThan(MountTable before, Path target) {
    long remaining = countAt(mounter.table(), target);
    return remaining > 0 && remaining >= countAt(before, target)
        ? Optional.of(target + " is still mounted though the kernel let it be unmounted")
        : Optional.empty();
  }

  private static long countAt(MountTable table, Path target) {
    List<MountEntry> entries = table.entries();
    return entries.stream().filter(each -> each.point().equals(target.toString())).count();
  }

  private Told tell(MountRecord record, Deadline deadline) {
    Deadline telling = Deadline.in(deadline.withReserve().left(TELLING), deadline.clock());
    return volumeLocks
        .holding(
            VolumeKey.of(record),
            telling.left(),
            () ->
                isShared(record)
                    ? new Told.Knows()
                    : plugins.apply(record.socket()).tell(record, telling))
        .orElseGet(() ->
            new Told.Later("other calls for volume " + record.volume() + " are still under way"));
  }

  /** Another target may be about to use the very mount: only under the volume's lock it is not. */
  private boolean isShared(MountRecord record) {
    return records.sameForPlugin(record).stream().anyMatch(MountRecord::isInUse);
  }

  /** What is left to do about a plugin that says no; empty when nothing is. */
  private Optional<MountState> refused(MountRecord record, String why, Deadline deadline) {
    return switch (record.state()) {
      case MountState.LateMount late when !late.isOver() -> Optional.of(late.toldAgain());
      case MountState.TellPlugin told when told.refused() > 0 ->
          told.isVain() && !isWithPlugin(record, deadline)
              ? givenUp(record, why)
              : Optional.of(told.refusedAgain());
      case MountState.Mounting() -> firstRefused(record, why);
      case MountState.Mounted ignored -> firstRefused(record, why);
      case MountState.Repairing ignored -> firstRefused(record, why);
      case MountState.Unmounting() -> firstRefused(record, why);
      case MountState.LateMount ignored -> firstRefused(record, why);
      case MountState.TellPlugin ignored -> firstRefused(record, why);
    };
  }

  private boolean isWithPlugin(MountRecord record, Deadline deadline) {
    return plugins
        .apply(record.socket())
        .isMounted(record.volume(), mounter.table(), deadline.withReserve());
  }

  private Optional<MountState> firstRefused(MountRecord record, String why) {
    LOG.warn(
        "plugin refuses to unmount, asked on target={} volume={} id={} why=\"{}\"",
        record.target(),
        record.volume(),
        record.id(),
        why);
    news.refused(record, why);
    return Optional.of(new MountState.TellPlugin().refusedAgain());
  }

  private static Optional<MountState> givenUp(MountRecord record, String why) {
    LOG.warn(
        "plugin refuses to unmount what is not mounted, given up target={} volume={} id={}"
            + " why=\"{}\"",
        record.target(),
        record.volume(),
        record.id(),
        why);
    return Optional.empty();
  }

  private void rememberToTell(MountRecord record, String why) {
    boolean known =
        record.state() instanceof MountState.TellPlugin
            || record.state() instanceof MountState.LateMount;
    if (!known) {
      records.note(record.with(new MountState.TellPlugin()));
      LOG.warn(
          "plugin to be told later target={} volume={} id={} why=\"{}\"",
          record.target(),
          record.volume(),
          record.id(),
          why);
    }
  }

  private void release(MountRecord record) {
    records.erase(record.target());
    LOG.info("released target={} volume={} id={}", record.target(), record.volume(), record.id());
  }

  private static boolean pause() {
    try {
      Thread.sleep(BUSY_PAUSE);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
