// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.dory.agent.records.MountRecord;

/**
 * Finishes in the background what no call will finish: tells plugins that are back, takes off what
 * would not go. Each target on its own back-off from 2 s to 60 s.
 */
public final class Settling implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Settling.class);
  private static final Duration ROUND = Duration.ofSeconds(2);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
  private static final Duration ATTEMPT = Duration.ofSeconds(10);

  private final Volumes volumes;
  private final LongSupplier clock;
  private final Map<Path, Wait> waits = new HashMap<>();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("settling").factory());

  private record Wait(Duration length, long until) {}

  public Settling(Volumes volumes, LongSupplier clock) {
    this.volumes = volumes;
    this.clock = clock;
  }

  public void start() {
    var _ = thread.scheduleWithFixedDelay(this::round, 0, ROUND.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** One look at everything that is due; what fails is due later, and its plugin left alone. */
  void round() {
    try {
      Set<Path> failing = new HashSet<>();
      Set<Path> seen = new HashSet<>();
      for (MountRecord record : volumes.unsettled()) {
        seen.add(record.target());
        if (isDue(record.target()) && !failing.contains(record.socket())) {
          attempt(record, failing);
        }
      }
      waits.keySet().retainAll(seen);
    } catch (RuntimeException e) {
      // one bad round must not end all later ones
      LOG.error("settling failed", e);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }

  private void attempt(MountRecord record, Set<Path> failing) {
    if (volumes.settle(record.target(), ATTEMPT)) {
      waits.remove(record.target());
    } else {
      failing.add(record.socket());
      Wait before = waits.get(record.target());
      Duration length = before == null ? ROUND : longer(before.length());
      waits.put(record.target(), new Wait(length, clock.getAsLong() + length.toNanos()));
    }
  }

  private boolean isDue(Path target) {
    Wait wait = waits.get(target);
    return wait == null || wait.until() - clock.getAsLong() <= 0;
  }

  private static Duration longer(Duration before) {
    Duration twice = before.multipliedBy(2);
    return twice.compareTo(LONGEST_WAIT) < 0 ? twice : LONGEST_WAIT;
  }
}
