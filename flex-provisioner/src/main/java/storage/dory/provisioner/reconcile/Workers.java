// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.reconcile;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
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
  private final Map<K, Integer> failures = new ConcurrentHashMap<>();
  private final List<Thread> threads = new ArrayList<>();

  /** Nothing runs before {@link #start}. */
  public Workers(WorkQueue<K> queue, Reconciler<K> reconciler, Backoff backoff) {
    this.queue = queue;
    this.reconciler = reconciler;
    this.backoff = backoff;
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
    }
  }

  private void one(K key) throws InterruptedException {
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
      queue.addAfter(key, delay);
    } finally {
      queue.done(key);
    }
  }
}
