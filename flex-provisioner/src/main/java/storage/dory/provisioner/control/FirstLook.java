// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.control;

/**
 * What has to be asked once before anything is done: caches of somebody who stood by may not show
 * yet what the one before did last. Safe for use by several threads.
 */
final class FirstLook {
  private final Runnable look;
  private volatile boolean taken;

  /**
   * @param look throws when there is no answer
   */
  FirstLook(Runnable look) {
    this.look = look;
  }

  /** Looks unless that was done; throws when it cannot, and is then to be called again. */
  void take() {
    if (!taken) {
      takeNow();
    }
  }

  private synchronized void takeNow() {
    if (!taken) {
      look.run();
      taken = true;
    }
  }
}
