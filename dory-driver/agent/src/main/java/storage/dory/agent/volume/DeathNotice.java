// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.dory.agent.mount.Connections;
import storage.dory.agent.mount.MountOutcome;
import storage.dory.agent.mount.MountTable;
import storage.dory.agent.mount.Mounter;
import storage.dory.agent.records.MountRecord;
import storage.dory.agent.records.MountState;
import storage.dory.agent.records.RecordStore;

/** Compares what is recorded as mounted with what is there and alive. */
final class DeathNotice {
  private static final Logger LOG = LoggerFactory.getLogger(DeathNotice.class);
  private static final Duration LOOK = Duration.ofSeconds(5);

  private final RecordStore records;
  private final Mounter mounter;
  private final Connections connections;
  private final KeyedLocks<Path> targetLocks;
  private final MountNews news;

  DeathNotice(
      RecordStore records,
      Mounter mounter,
      Connections connections,
      KeyedLocks<Path> targetLocks,
      MountNews news) {
    this.records = records;
    this.mounter = mounter;
    this.connections = connections;
    this.targetLocks = targetLocks;
    this.news = news;
  }

  List<MountRecord> notice() {
    MountTable table = mounter.table();
    for (MountRecord record : records.all()) {
      if (record.state() instanceof MountState.Mounted
          && Health.of(record.target(), table, connections).isDead()) {
        // whoever is at the target just now may be unmounting it
        var _ =
            targetLocks.holding(record.target(), Duration.ZERO, () -> announce(record.target()));
      }
    }
    return records.all().stream()
        .filter(each -> each.state() instanceof MountState.Repairing)
        .toList();
  }

  List<MountRecord> awaitingServers() {
    MountTable table = mounter.table();
    return records.all().stream()
        .filter(each -> each.state() instanceof MountState.Mounted)
        .filter(each -> Health.of(each.target(), table, connections) instanceof Health.Awaiting)
        .toList();
  }

  /** Looks once more, now that nobody else is at the target. */
  private boolean announce(Path target) {
    Optional<MountRecord> record = records.find(target);
    Health health = Health.of(target, mounter.table(), connections);
    if (record.isEmpty()
        || !(record.get().state() instanceof MountState.Mounted(Path source))
        || !health.isDead()) {
      return false;
    }
    if (health instanceof Health.Vanished) {
      switch (mounter.inspect(target, LOOK)) {
        case MountOutcome.Done() -> {}
        case MountOutcome.Refused(String why) -> {
          LOG.info("mount gone with its pod target={} why=\"{}\"", target, why);
          records.note(record.get().with(new MountState.TellPlugin()));
          return false;
        }
        case MountOutcome.Busy() -> {
          return false;
        }
        case MountOutcome.TooLate ignored -> {
          return false;
        }
      }
    }
    try {
      records.write(record.get().with(new MountState.Repairing(source)));
    } catch (IOException e) {
      LOG.warn("dead mount not recorded target={} why=\"{}\"", target, e.toString());
      return false;
    }
    news.dead(record.get(), health);
    return true;
  }
}
