// SPDX-License-Identifier: Apache-2.0
package storage.dory.local.volumes;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** One change at a time for each volume; different volumes do not wait for each other. */
final class VolumeLocks {
  private final Map<VolumeName, Entry> entries = new HashMap<>();
  private final Duration patience;

  /**
   * @param patience how long a change waits for the one before it
   */
  VolumeLocks(Duration patience) {
    this.patience = patience;
  }

  /** Does a change while nobody else changes the volume. */
  <T> Outcome<T> holding(VolumeName name, Change<T> change) throws IOException {
    Entry entry = enter(name);
    try {
      if (!entry.lock.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
        return new Outcome.Refused<>(
            "volume " + name + ": another request is still being worked on");
      }
      try {
        return change.make();
      } finally {
        entry.lock.unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("volume " + name + ": the plugin is stopping", e);
    } finally {
      leave(name, entry);
    }
  }

  private synchronized Entry enter(VolumeName name) {
    Entry entry = entries.computeIfAbsent(name, ignored -> new Entry());
    entry.users++;
    return entry;
  }

  private synchronized void leave(VolumeName name, Entry entry) {
    entry.users--;
    if (entry.users == 0) {
      entries.remove(name);
    }
  }

  /** What is done under the lock. */
  @FunctionalInterface
  interface Change<T> {
    Outcome<T> make() throws IOException;
  }

  /** A lock and how many hold or want it; the count is guarded by the map's owner. */
  private static final class Entry {
    private final ReentrantLock lock = new ReentrantLock();
    private int users;
  }
}
