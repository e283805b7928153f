// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.dory.agent.mount.Mounter;
import storage.dory.agent.records.MountRecord;
import storage.dory.agent.records.MountState;
import storage.dory.agent.records.RecordStore;
import storage.dory.agent.volume.TargetClearing.Cleared;

/** Brings a volume to an empty target: record, plugin, check, bind, record. Undoes what fails. */
final class VolumeBringing {
  private static final Logger LOG = LoggerFactory.getLogger(VolumeBringing.class);

  private final RecordStore records;
  private final Mounter mounter;
  private final Function<Path, PluginCalls> plugins;
  private final TargetClearing clearing;
  private final Showing showing;

  VolumeBringing(
      RecordStore records,
      Mounter mounter,
      Function<Path, PluginCalls> plugins,
      TargetClearing clearing) {
    this.records = records;
    this.mounter = mounter;
    this.plugins = plugins;
    this.clearing = clearing;
    this.showing = new Showing(mounter);
  }

  /**
   * Brings it; the caller holds the locks of target and volume, and nothing is at the target. Where
   * the plugin is still to be told that this very mount is over, it is once more when this one is.
   */
  VolumeOutcome bring(MountRequest request, MountRecord record, Deadline deadline) {
    // a tenth of what is left stays for the undo
    Deadline bringing = deadline.withReserve();
    PluginCalls plugin = plugins.apply(request.socket());
    Optional<String> absent = plugin.ensureExists(request.volume(), request.createWith(), bringing);
    if (absent.isPresent()) {
      return failed(record, absent.get());
    }
    Optional<MountRecord> owed = records.find(record.target());
    try {
      records.write(record);
    } catch (IOException e) {
      return failed(record, String.valueOf(e.getMessage()));
    }
    return switch (bringToAgent(plugin, record, bringing)) {
      case Brought.At(Path source) -> showAndRecord(plugin, record, source, bringing, deadline);
      case Brought.Unclear(String why) -> {
        MountRecord late = record.with(new MountState.LateMount(0));
        records.note(late);
        yield undo(late, why, deadline);
      }
      case Brought.Not(String why) -> {
        owed.ifPresentOrElse(records::note, () -> records.erase(record.target()));
        yield failed(record, why);
      }
    };
  }

  /** Where a record shows that the plugin holds this very mount already, it is not asked again. */
  private Brought bringToAgent(PluginCalls plugin, MountRecord record, Deadline deadline) {
    for (MountRecord other : records.sameForPlugin(record)) {
      if (other.state() instanceof MountState.Mounted(Path source)) {
        return new Brought.At(source);
      }
    }
    return plugin.bring(record, mounter.table(), deadline);
  }

  private VolumeOutcome showAndRecord(
      PluginCalls plugin, MountRecord record, Path source, Deadline bringing, Deadline deadline) {
    Optional<Path> device =
        mounter.table().isMounted(source)
            ? Optional.empty()
            : plugin.deviceIfAny(record.volume(), bringing);
    Optional<String> refused = showing.show(record, source, device, bringing);
    if (refused.isPresent()) {
      return undo(record, refused.get(), deadline);
    }
    try {
      records.write(record.with(new MountState.Mounted(source)));
    } catch (IOException e) {
      return undo(record, String.valueOf(e.getMessage()), deadline);
    }
    LOG.info(
        "mounted target={} volume={} id={} source={} readOnly={}",
        record.target(),
        record.volume(),
        record.id(),
        source,
        record.readOnly());
    return new VolumeOutcome.Done();
  }

  private VolumeOutcome undo(MountRecord record, String why, Deadline deadline) {
    // the outcome of undoing is recorded; what the caller needs to know is why it came to it
    Cleared undone = clearing.clear(record.target(), deadline);
    return failed(record, undone instanceof Cleared.Stuck(String stuck) ? why + "; " + stuck : why);
  }

  private static VolumeOutcome failed(MountRecord record, String why) {
    LOG.warn(
        "mount failed target={} volume={} id={} why=\"{}\"",
        record.target(),
        record.volume(),
        record.id(),
        why);
    return new VolumeOutcome.Failed(why);
  }
}
