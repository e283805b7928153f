// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.watch;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.dory.agent.records.MountRecord;
import storage.dory.agent.volume.MountNews;
import storage.dory.agent.volume.RepairOutcome;
import storage.dory.agent.volume.Silence;
import storage.dory.agent.volume.Volumes;

/**
 * A look at all mounts every two seconds, on a thread that asks nobody anything; repairs and
 * questions to plugins on threads of their own, one a plugin, so that one that hangs delays its own
 * volumes only.
 */
public final class MountWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MountWatch.class);
  private static final Duration ROUND = Duration.ofSeconds(2);
  private static final Duration ATTEMPT = Duration.ofSeconds(30);
  private static final Duration QUESTION = Duration.ofSeconds(5);

  /** Attempts in vain, about half a minute, until the pod is told why. */
  private static final int TOLD_AFTER = 6;

  private final Volumes volumes;
  private final MountNews news;
  private final LongSupplier clock;
  private final Pace pace;
  private final Suspicion suspicion = new Suspicion();
  private final Map<Subject, Failure> failures = new ConcurrentHashMap<>();
  private final Set<Subject> told = ConcurrentHashMap.newKeySet();
  private final Set<Path> busy = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("watch").factory());
  private final ExecutorService attempts =
      Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("repair-", 0).factory());

  private record Failure(String why, int inARow, long until) {}

  /**
   * @param clock nanoseconds that only go forward
   */
  public MountWatch(Volumes volumes, MountNews news, LongSupplier clock, RandomGenerator random) {
    this.volumes = volumes;
    this.news = news;
    this.clock = clock;
    this.pace = new Pace(random);
  }

  public void start() {
    var _ = thread.scheduleWithFixedDelay(this::round, 0, ROUND.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** One look; begins what is due. */
  void round() {
    try {
      Set<Subject> dead = subjects(volumes.noticeDead());
      failures.keySet().retainAll(dead);
      dead.stream().filter(this::isDue).forEach(each -> begin(each, () -> attempt(each)));
      List<MountRecord> awaiting = volumes.awaitingServers();
      told.retainAll(subjects(awaiting));
      for (Subject each : suspicion.look(subjects(awaiting))) {
        if (!told.contains(each)) {
          begin(each, () -> question(each, awaiting));
        }
      }
    } catch (RuntimeException e) {
      // one bad round must not end all later ones
      LOG.error("a look at mounts failed", e);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
    attempts.shutdownNow();
  }

  /** Unless its plugin is being asked something already. */
  private void begin(Subject subject, Runnable work) {
    if (!busy.add(subject.socket())) {
      return;
    }
    attempts.execute(() -> {
      try {
        work.run();
      } catch (RuntimeException e) {
        LOG.error("looking after volume={} failed", subject.volume(), e);
      } finally {
        busy.remove(subject.socket());
      }
    });
  }

  private void attempt(Subject subject) {
    switch (volumes.repair(subject.socket(), subject.volume(), ATTEMPT)) {
      case RepairOutcome.Done() -> failures.remove(subject);
      case RepairOutcome.NotYet(String why) -> {
        Failure before = failures.get(subject);
        int inARow = before == null ? 1 : before.inARow() + 1;
        long until = clock.getAsLong() + pace.after(inARow).toNanos();
        failures.put(subject, new Failure(why, inARow, until));
        if (inARow == TOLD_AFTER) {
          volumes.noticeDead().stream()
              .filter(each -> Subject.of(each).equals(subject))
              .forEach(each -> news.notRepaired(each, why));
        }
        if (before == null || !before.why().equals(why)) {
          LOG.warn("not repaired yet volume={} why=\"{}\"", subject.volume(), why);
        }
      }
    }
  }

  private void question(Subject subject, List<MountRecord> awaiting) {
    List<MountRecord> mounts =
        awaiting.stream().filter(each -> Subject.of(each).equals(subject)).toList();
    if (!volumes.answers(subject.socket(), subject.volume(), QUESTION)) {
      told.add(subject);
      mounts.forEach(each -> news.hanging(each, Silence.PLUGIN));
      return;
    }
    // a plugin that answers may have left the serving to somebody else
    List<MountRecord> silent =
        mounts.stream().filter(each -> !volumes.serves(each.target(), QUESTION)).toList();
    if (!silent.isEmpty()) {
      told.add(subject);
      silent.forEach(each -> news.hanging(each, Silence.SERVER_ONLY));
    }
  }

  private boolean isDue(Subject subject) {
    Failure failure = failures.get(subject);
    return failure == null || failure.until() - clock.getAsLong() <= 0;
  }

  private static Set<Subject> subjects(List<MountRecord> records) {
    return records.stream().map(Subject::of).collect(Collectors.toSet());
  }
}
