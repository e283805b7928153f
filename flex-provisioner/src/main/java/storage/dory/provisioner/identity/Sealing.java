// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.identity;

import java.time.Duration;

/** Whether stamps can be checked. */
public sealed interface Sealing {

  /** Nobody stamps claims: no webhook is served. */
  record Off() implements Sealing {}

  /** The key has not been read yet, or cannot be. */
  record NotYet() implements Sealing {}

  /**
   * They can.
   *
   * @param late how long after a claim was created its stamp may still come; zero where claims are
   *     stamped before they are stored
   */
  record On(SealKey key, Duration late) implements Sealing {
    public On(SealKey key) {
      this(key, Duration.ZERO);
    }
  }
}
