// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.embedded;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a piece of work on a thread of its own, again after every change and twice a second. */
final class Rounds implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);
  private static final long IDLE_MILLIS = 500;

  private final Semaphore changes = new Semaphore(0);
  private final Runnable work;
  private final Thread thread;

  Rounds(String name, Runnable work) {
    this.work = work;
    this.thread = Thread.ofVirtual().name(name).start(this::run);
  }

  /** Asks for another round; returns at once. */
  void wake() {
    changes.release();
  }

  @Override
  public void close() {
    thread.interrupt();
  }

  private void run() {
    try {
      while (true) {
        changes.tryAcquire(IDLE_MILLIS, TimeUnit.MILLISECONDS);
        changes.drainPermits();
        round();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void round() {
    try {
      work.run();
    } catch (RuntimeException e) {
      // what was read may be old by now: the next round reads again
      LOG.debug("round failed name={}", thread.getName(), e);
    }
  }
}
