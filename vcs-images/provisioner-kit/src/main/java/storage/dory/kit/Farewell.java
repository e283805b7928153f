// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ends the process with the exit code of its request, also when it was told to stop and what was
 * under way ended in time: a code of its own says that nothing is at work any more.
 */
final class Farewell {
  /** Longer than halting takes. */
  private static final long HALT_MILLIS = 1000;

  private final Duration limit;
  private final CountDownLatch ended = new CountDownLatch(1);

  /** Nobody lives to see it. */
  private final CountDownLatch halted = new CountDownLatch(1);

  private boolean near;

  /**
   * @param limit how long the end is waited for
   */
  Farewell(Duration limit) {
    this.limit = limit;
  }

  /** Whether nothing more is to be begun. */
  synchronized boolean isNear() {
    return near;
  }

  /** Ends the process. */
  void ended(int code) {
    if (endedAfterASignal()) {
      // the exit code of a process that is ending already cannot be changed otherwise
      Runtime.getRuntime().halt(code);
    }
    System.exit(code);
  }

  private synchronized boolean endedAfterASignal() {
    ended.countDown();
    return near;
  }

  /** Called when the process ends by a signal, which it does when this returns. */
  void toldToStop() {
    if (comesTooLate()) {
      return;
    }
    try {
      if (ended.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        var _ = halted.await(HALT_MILLIS, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean comesTooLate() {
    near = true;
    return ended.getCount() == 0;
  }
}
