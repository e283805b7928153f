// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.dory.agent.records.MountRecord;
import storage.dory.agent.records.MountState;
import storage.dory.agent.records.RecordStore;
import storage.dory.plugin.MountId;
import storage.dory.plugin.VolumeName;

/**
 * Has a plugin mount a volume again whose mounts have died, and shows it to each pod that had it.
 *
 * <p>Holds the volume's lock throughout and a target's only to look at it and bind, never while a
 * plugin is asked: an unmount is not kept waiting, and wins.
 */
final class VolumeRepair {
  private static final Logger LOG = LoggerFactory.getLogger(VolumeRepair.class);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final RecordStore records;
  private final TargetRepair targets;
  private final Function<Path, PluginCalls> plugins;
  private final Locks locks;
  private final MountNews news;

  /** What serialises calls for a target, and those to plugins. */
  record Locks(KeyedLocks<Path> targets, KeyedLocks<VolumeKey> volumes) {}

  VolumeRepair(
      RecordStore records,
      TargetRepair targets,
      Function<Path, PluginCalls> plugins,
      Locks locks,
      MountNews news) {
    this.records = records;
    this.targets = targets;
    this.plugins = plugins;
    this.locks = locks;
    this.news = news;
  }

  RepairOutcome repair(Path socket, VolumeName volume, Deadline deadline) {
    return locks
        .volumes()
        .holding(
            VolumeKey.of(socket, volume),
            deadline.left(PATIENCE),
            () -> mountAgain(socket, volume, deadline))
        .orElseGet(() ->
            new RepairOutcome.NotYet(
                "other calls to the plugin at " + socket + " are still under way"));
  }

  private RepairOutcome mountAgain(Path socket, VolumeName volume, Deadline deadline) {
    PluginCalls plugin = plugins.apply(socket);
    for (MountRecord each : dead(socket, volume)) {
      // the plugin has it mounted as before, for this id too: it is not asked
      if (each.state() instanceof MountState.Repairing(Path source)
          && targets.isOnlyTakenOff(source, each.target())) {
        RepairOutcome shown = show(plugin, each, source, deadline);
        if (shown instanceof RepairOutcome.NotYet) {
          return shown;
        }
      }
    }
    Map<MountId, MountRecord> dead = new LinkedHashMap<>();
    dead(socket, volume).forEach(each -> dead.putIfAbsent(each.id(), each));
    // all before the first is mounted: most plugins end their mount with the last that has it
    for (MountRecord each : dead.values()) {
      Optional<String> unheard = isServed(each) ? Optional.empty() : plugin.letGo(each, deadline);
      if (unheard.isPresent()) {
        return new RepairOutcome.NotYet(unheard.get());
      }
    }
    for (MountRecord each : dead.values()) {
      RepairOutcome outcome = mountAgain(plugin, each, deadline);
      if (outcome instanceof RepairOutcome.NotYet) {
        return outcome;
      }
    }
    return new RepairOutcome.Done();
  }

  /** Whether the plugin has mounted it anew by itself, or when another of its pods was served. */
  private boolean isServed(MountRecord record) {
    return record.state() instanceof MountState.Repairing(Path source)
        && targets.serves(source, record.target());
  }

  private RepairOutcome mountAgain(PluginCalls plugin, MountRecord record, Deadline deadline) {
    return switch (plugin.bring(record, targets.table(), deadline)) {
      case Brought.At(Path source) -> show(plugin, record, source, deadline);
      case Brought.Not(String why) -> new RepairOutcome.NotYet(why);
      case Brought.Unclear(String why) -> new RepairOutcome.NotYet(why);
    };
  }

  /** At each target that has this very mount. */
  private RepairOutcome show(
      PluginCalls plugin, MountRecord record, Path source, Deadline deadline) {
    Optional<Path> device =
        targets.table().isMounted(source)
            ? Optional.empty()
            : plugin.deviceOf(record.volume(), deadline);
    Optional<String> unusable =
        device.isPresent() ? Optional.empty() : targets.unusable(source, record.target(), deadline);
    if (unusable.isPresent()) {
      return new RepairOutcome.NotYet(unusable.get());
    }
    for (MountRecord each : dead(record.socket(), record.volume())) {
      if (each.sameForPlugin(record)) {
        Optional<String> refused =
            locks
                .targets()
                .holding(
                    each.target(),
                    Duration.ZERO,
                    () -> show(each.target(), source, device, deadline))
                .orElseGet(
                    () -> Optional.of("another call for " + each.target() + " is under way"));
        if (refused.isPresent()) {
          return new RepairOutcome.NotYet(refused.get());
        }
        records
            .find(each.target())
            .filter(now -> now.state() instanceof MountState.Mounted)
            .ifPresent(news::repaired);
      }
    }
    return new RepairOutcome.Done();
  }

  private Optional<String> show(
      Path target, Path source, Optional<Path> device, Deadline deadline) {
    Optional<MountRecord> record =
        records.find(target).filter(each -> each.state() instanceof MountState.Repairing);
    if (record.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> refused = targets.restore(record.get(), source, device, deadline);
    if (refused.isPresent()) {
      return refused;
    }
    try {
      records.write(record.get().with(new MountState.Mounted(source)));
      return Optional.empty();
    } catch (IOException e) {
      LOG.warn("repair not recorded target={} why=\"{}\"", target, e.toString());
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private List<MountRecord> dead(Path socket, VolumeName volume) {
    return records.all().stream()
        .filter(each -> each.state() instanceof MountState.Repairing)
        .filter(each -> each.socket().equals(socket) && each.volume().equals(volume))
        .toList();
  }
}
