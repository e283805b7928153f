// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.calllog;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes lines to log files in the order in which they come, by one thread, so that two calls never
 * mix a line and a file is never rotated twice. Whoever writes does not wait: lines that a slow
 * disk cannot take are dropped. Safe for many threads.
 */
public final class CallLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CallLog.class);
  private static final int LINES_WAITING = 1000;
  private static final Duration LAST_LINES = Duration.ofMillis(500);

  private final InstantSource clock;
  private final ZoneId zone;
  private final RotatingFile.Limits limits;
  private final ThreadPoolExecutor thread =
      new ThreadPoolExecutor(
          1,
          1,
          1,
          TimeUnit.MINUTES,
          new ArrayBlockingQueue<>(LINES_WAITING),
          Thread.ofPlatform().daemon().name("call-log").stackSize(256 << 10).factory());

  /** Files that could not be written last time; known to the writing thread only. */
  private final Set<Path> failing = new HashSet<>();

  public CallLog(InstantSource clock, ZoneId zone) {
    this(clock, zone, RotatingFile.ORIGINAL);
  }

  CallLog(InstantSource clock, ZoneId zone, RotatingFile.Limits limits) {
    this.clock = clock;
    this.zone = zone;
    this.limits = limits;
  }

  /**
   * Has a line written soon.
   *
   * @param file absolute
   */
  public void write(Path file, LogLine line) {
    Instant now = clock.instant();
    try {
      thread.execute(() -> append(file, line.at(now, zone), now));
    } catch (RejectedExecutionException e) {
      LOG.debug("a line for {} is dropped", file);
    }
  }

  /** Writes what is waiting, for half a second at most. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(LAST_LINES.toMillis(), TimeUnit.MILLISECONDS)) {
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void append(Path file, String line, Instant now) {
    try {
      new RotatingFile(file, limits).append(line, now);
      failing.remove(file);
    } catch (IOException | RuntimeException e) {
      if (failing.add(file)) {
        LOG.warn("call log not written file={} why=\"{}\"", file, e.toString());
      }
    }
  }
}
