// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.admission;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import storage.dory.provisioner.identity.SealKey;
import storage.dory.provisioner.identity.VolumeMaking;
import storage.dory.provisioner.volume.ClaimUid;

/** What reviewers know, from caches. */
public interface AdmissionView {
  /** Whether claims of a class are ours, or will be as soon as the class is made. */
  boolean serves(String storageClass);

  /** The key of stamps; empty while it is not known, and when something else stamps claims. */
  Optional<SealKey> seal();

  /** Service accounts that run provisioning pods. */
  Set<VolumeMaking.Account> accounts();

  /** Pods that are provisioning a claim and have not ended. */
  List<VolumeMaking.Provisioning> provisioning(ClaimUid claim);
}
