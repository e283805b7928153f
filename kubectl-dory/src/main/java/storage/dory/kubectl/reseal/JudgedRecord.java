// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.reseal;

import java.util.Optional;
import storage.dory.provisioner.podrun.RecordedOrder;
import storage.dory.provisioner.volume.VolumeFacts;

/**
 * The record on a volume, for a person to judge.
 *
 * @param order what it says; empty when it is none of this volume
 * @param sealed whether it bears the seal of today's key
 */
public record JudgedRecord(
    VolumeFacts volume, Optional<RecordedOrder> order, boolean sealed, Vouching vouching) {

  /** Whether a seal would be of use: no provisioner uses a record of another volume. */
  public boolean canBeSealed() {
    return !sealed && order.isPresent();
  }

  /** Whether nobody has to judge: the ConfigMap says the same. */
  public boolean vouchedFor() {
    return switch (vouching) {
      case Vouching.Same same -> true;
      case Vouching.Other other -> false;
      case Vouching.Unknown unknown -> false;
    };
  }
}
