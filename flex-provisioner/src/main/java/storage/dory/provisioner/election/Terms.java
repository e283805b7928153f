// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.election;

import java.time.Duration;

/**
 * Times of an election.
 *
 * @param lease how long others leave a leader alone that they do not hear of
 * @param renewWithin a leader that could not renew for as long ends; what is left of the lease by
 *     then is for requests that are under way
 * @param retry pause between two looks at the lease
 */
public record Terms(Duration lease, Duration renewWithin, Duration retry) {

  public Terms {
    if (retry.isNegative()
        || retry.isZero()
        || renewWithin.compareTo(retry) <= 0
        || lease.compareTo(renewWithin) <= 0) {
      throw new IllegalArgumentException(
          "a lease lasts longer than renewing may take, which takes longer than a pause");
    }
  }

  /** 15 s, 8 s, 1.5 s. */
  public static Terms usual() {
    return new Terms(Duration.ofSeconds(15), Duration.ofSeconds(8), Duration.ofMillis(1500));
  }
}
