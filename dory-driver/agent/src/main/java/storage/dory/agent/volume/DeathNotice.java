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
      if (record.isInUse() && Health.of(record.target(), table, connections).isDead()) {
        // whoever is at the target just now may be unmounting it
        var _ = targetLocks.holding(record.target(), Duration.ZERO, () -> goOn(record.target()));
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
  private boolean goOn(Path target) {
    Health health = Health.of(target, mounter.table(), connections);
    Optional<MountRecord> record = records.find(target);
    Optional<MountState> next =
        record.flatMap(
            each -> DeadTarget.next(each.state(), health, () -> mounter.inspect(target, LOOK)));
    next.ifPresent(state -> goOn(record.orElseThrow(), state, health));
    return next.isPresent();
  }

  private void goOn(MountRecord record, MountState next, Health health) {
    if (record.with(next).isDebt()) {
      LOG.info("mount gone with its pod target={} was={}", record.target(), record.stateName());
      records.note(record.with(next));
      return;
    }
    try {
      records.write(record.with(next));
      news.dead(record, health);
    } catch (IOException e) {
      LOG.warn("dead mount not recorded target={} why=\"{}\"", record.target(), e.toString());
    }
  }
}
