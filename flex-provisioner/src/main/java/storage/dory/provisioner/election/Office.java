// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.election;

import java.time.Duration;
import java.util.Optional;

/** The right to work, and how this process comes by it. Safe for use by several threads. */
public interface Office {
  /** Begins to try to get it. */
  void start();

  /**
   * Waits for it.
   *
   * @return whether this process has it now
   */
  boolean awaitElected(Duration limit) throws InterruptedException;

  /** Asked before each write. */
  Mandate mandate();

  /** Who has it, for people; empty when that is not known. */
  String leader();

  /** Why the process should be restarted; empty when it should not. */
  Optional<String> ill();

  /**
   * Gives it up. The work that needs it must have ended.
   *
   * @param limit of waiting for the API server
   */
  void leave(Duration limit);
}
