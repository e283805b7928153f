// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** A lock for each key that somebody holds or waits for; none is kept for keys nobody wants. */
final class KeyedLocks<K> {
  private final Map<K, Entry> entries = new HashMap<>();

  /**
   * Does the work while holding the key's lock; a thread that holds it already may do so again.
   *
   * @param limit to wait for the lock; zero does not wait
   * @return what the work returned, empty when it was not done because the lock was not free
   */
  <T> Optional<T> holding(K key, Duration limit, Supplier<T> work) {
    Entry entry = enter(key);
    try {
      if (!entry.lock.tryLock() && !entry.lock.tryLock(limit.toNanos(), TimeUnit.NANOSECONDS)) {
        return Optional.empty();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } finally {
      if (!entry.lock.isHeldByCurrentThread()) {
        leave(key, entry);
      }
    }
    try {
      return Optional.of(work.get());
    } finally {
      entry.lock.unlock();
      leave(key, entry);
    }
  }

  synchronized int size() {
    return entries.size();
  }

  private synchronized Entry enter(K key) {
    Entry entry = entries.computeIfAbsent(key, ignored -> new Entry());
    entry.users++;
    return entry;
  }

  private synchronized void leave(K key, Entry entry) {
    entry.users--;
    if (entry.users == 0) {
      entries.remove(key);
    }
  }

  private static final class Entry {
    private final ReentrantLock lock = new ReentrantLock(true);
    private int users;
  }
}
