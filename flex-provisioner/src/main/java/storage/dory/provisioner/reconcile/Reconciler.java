// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.reconcile;

import java.time.Duration;
import java.util.Optional;

/** Brings one key forward. */
@FunctionalInterface
public interface Reconciler<K> {
  /**
   * Does what can be done now.
   *
   * @return when to come back without being asked; empty for never
   * @throws InterruptedException when the worker is told to stop
   */
  Optional<Duration> reconcile(K key) throws InterruptedException;
}
