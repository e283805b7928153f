// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.election;

import java.time.Duration;
import java.util.Optional;

/**
 * The lease object. Every call has a deadline well below {@link Terms#renewWithin}. One that gets
 * no answer, or one that does not settle it, throws; it may have been carried out all the same.
 */
public interface LeaseStore {
  /** Asks for it. */
  Optional<LeaseState> read();

  /** Makes it; empty when there is one. */
  Optional<LeaseState> create(String holder, Duration lasts);

  /**
   * Writes it, unless it has changed since it was read.
   *
   * @param holder empty to give it up
   * @return as it is now; empty when it had changed, and nothing was written
   */
  Optional<LeaseState> replace(LeaseState read, String holder, Duration lasts);
}
