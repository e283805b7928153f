// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.reconcile;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Keys that wait for work. A key that is added twice is worked on once; a key that is added while
 * it is worked on is worked on once more afterwards; no key is ever dropped and none is handed to
 * two workers at a time. Safe for use by several threads.
 */
public final class WorkQueue<K> {
  private final LongSupplier nanoClock;
  private final QueueWatch watch;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Queue<K> ready = new ArrayDeque<>();
  private final Map<K, Long> waiting = new HashMap<>();
  private final Set<K> working = new HashSet<>();
  private final PriorityQueue<Due<K>> later = new PriorityQueue<>();
  private final Map<K, Long> earliest = new HashMap<>();
  private boolean closed;

  /**
   * @param nanoClock a clock like {@link System#nanoTime()}
   */
  public WorkQueue(LongSupplier nanoClock) {
    this(nanoClock, QueueWatch.NONE);
  }

  /**
   * @param nanoClock a clock like {@link System#nanoTime()}
   * @param watch is told of every key that comes and goes
   */
  public WorkQueue(LongSupplier nanoClock, QueueWatch watch) {
    this.nanoClock = nanoClock;
    this.watch = watch;
  }

  /** Adds a key to be worked on as soon as a worker is free. */
  public void add(K key) {
    lock.lock();
    try {
      enqueue(key);
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Adds a key to be worked on after a delay, or sooner when it was added for sooner. */
  public void addAfter(K key, Duration delay) {
    if (delay.isNegative() || delay.isZero()) {
      add(key);
      return;
    }
    lock.lock();
    try {
      // what is due already must not stand in for what is asked for now
      promote();
      long due = nanoClock.getAsLong() + delay.toNanos();
      Long known = earliest.get(key);
      if (known == null || due - known < 0) {
        earliest.put(key, due);
        later.add(new Due<>(key, due));
      }
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** The next key, or empty when none is due now. {@link #done} must follow. */
  public Optional<K> poll() {
    lock.lock();
    try {
      promote();
      return next();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for the next key; empty when the queue was closed. {@link #done} must follow.
   *
   * @throws InterruptedException when the waiting thread is interrupted
   */
  public Optional<K> take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!closed) {
        promote();
        Optional<K> key = next();
        if (key.isPresent()) {
          if (!ready.isEmpty()) {
            changed.signal();
          }
          return key;
        }
        Due<K> soonest = later.peek();
        if (soonest == null) {
          changed.await();
        } else {
          long _ =
              changed.awaitNanos(
                  Math.max(
                      soonest.nanos - nanoClock.getAsLong(), TimeUnit.MICROSECONDS.toNanos(100)));
        }
      }
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /** Ends the work on a key that was taken. */
  public void done(K key) {
    lock.lock();
    try {
      working.remove(key);
      if (waiting.containsKey(key)) {
        ready.add(key);
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Lets every waiting worker go. Keys that are left are left. */
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Keys that wait for a worker now. */
  public int depth() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  private void enqueue(K key) {
    if (waiting.putIfAbsent(key, nanoClock.getAsLong()) != null) {
      return;
    }
    watch.added();
    if (!working.contains(key)) {
      ready.add(key);
    }
  }

  private void promote() {
    long now = nanoClock.getAsLong();
    for (Due<K> due = later.peek(); due != null && due.nanos - now <= 0; due = later.peek()) {
      later.remove();
      Long known = earliest.get(due.key);
      if (known != null && known == due.nanos) {
        earliest.remove(due.key);
        enqueue(due.key);
      }
    }
  }

  private Optional<K> next() {
    K key = ready.poll();
    if (key == null) {
      return Optional.empty();
    }
    Long since = waiting.remove(key);
    if (since != null) {
      watch.taken(Duration.ofNanos(Math.max(0, nanoClock.getAsLong() - since)));
    }
    working.add(key);
    return Optional.of(key);
  }

  private record Due<K>(K key, long nanos) implements Comparable<Due<K>> {
    @Override
    public int compareTo(Due<K> other) {
      return Long.signum(nanos - other.nanos);
    }
  }
}
