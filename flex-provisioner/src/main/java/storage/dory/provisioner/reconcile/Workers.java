// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.reconcile;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads that take keys from a queue. A key whose reconciler throws comes back after a back-off;
 * nothing that happens to one key holds up another.
 */
public final class Workers<K> implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Workers.class);
  private static final Duration LEAVE = Duration.ofSeconds(3);

  private final WorkQueue<K> queue;
  private final Reconciler<K> reconciler;
  private final Backoff backoff;
  private final QueueWatch watch;
  private final Map<K, Long> underWay = new ConcurrentHashMap<>();
  private final Map<K, Integer> failures = new ConcurrentHashMap<>();
  private final List<Thread> threads = new CopyOnWriteArrayList<>();

  /** Nothing runs before {@link #start}. */
  public Workers(WorkQueue<K> queue, Reconciler<K> reconciler, Backoff backoff, QueueWatch watch) {
    this.queue = queue;
    this.reconciler = reconciler;
    this.backoff = backoff;
    this.watch = watch;
  }

  /**
   * Why they cannot be relied on any more; empty when they can.
   *
   * @param longest that the work on one key may take
   */
  public Optional<String> ill(Duration longest) {
    if (threads.stream().anyMatch(thread -> !thread.isAlive())) {
      return Optional.of("a worker has ended");
    }
    long now = System.nanoTime();
    return underWay.entrySet().stream()
        .filter(entry -> now - entry.getValue() > longest.toNanos())
        .map(entry -> "a worker has been at " + entry.getKey() + " for too long")
        .findFirst();
  }

  /** Whether all have ended. */
  public boolean ended() {
    return threads.stream().noneMatch(Thread::isAlive);
  }

  /** Starts so many threads. */
  public void start(String name, int count) {
    for (int i = 0; i < count; i++) {
      threads.add(Thread.ofVirtual().name(name + "-" + i).start(this::work));
    }
  }

  /** Stops the threads and waits a short time for them to end. */
  @Override
  public void close() {
    queue.close();
    threads.forEach(Thread::interrupt);
    long end = System.nanoTime() + LEAVE.toNanos();
    try {
      for (Thread thread : threads) {
        boolean _ = thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void work() {
    try {
      for (Optional<K> key = queue.take(); key.isPresent(); key = queue.take()) {
        one(key.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Error e) {
      log.error("worker ended thread={}", Thread.currentThread().getName(), e);
      throw e;
    }
  }

  private void one(K key) throws InterruptedException {
    long start = System.nanoTime();
    underWay.put(key, start);
    try {
      Optional<Duration> again = reconciler.reconcile(key);
      failures.remove(key);
      again.ifPresent(delay -> queue.addAfter(key, delay));
    } catch (RuntimeException e) {
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
      int count = failures.merge(key, 1, Integer::sum);
      Duration delay = backoff.after(String.valueOf(key), count);
      log.warn(
          "step failed key={} failures={} again-in={}ms why={}",
          key,
          count,
          delay.toMillis(),
          e.toString());
      log.debug("step failed key={}", key, e);
      watch.retried();
      queue.addAfter(key, delay);
    } finally {
      underWay.remove(key);
      watch.done(Duration.ofNanos(System.nanoTime() - start));
      queue.done(key);
    }
  }
}
