// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.election;

import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.Optional;

/**
 * The lease object as the API server has it.
 *
 * @param holder identity of the leader; empty when it was given up
 * @param lasts how long the holder asks to be left alone
 * @param transitions how often the holder has changed
 * @param since when the holder got it, by the holder's clock; for people only
 * @param version changes with every write; opaque
 */
public record LeaseState(
    String holder, Duration lasts, int transitions, Optional<ZonedDateTime> since, String version) {

  /** Whether nobody has it. */
  boolean isFree() {
    return holder.isEmpty();
  }
}
