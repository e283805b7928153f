// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.admission;

import java.util.List;
import java.util.Optional;
import storage.dory.provisioner.identity.VolumeMaking;
import storage.dory.provisioner.volume.ClaimUid;

/** Provisioning pods by the API server's own word. Called by several threads at a time. */
public interface RunningPods {
  /**
   * Pods in a namespace that are provisioning a claim and have not ended; empty when the API server
   * did not say before the webhook's own answer is due.
   */
  Optional<List<VolumeMaking.Provisioning>> now(String namespace, ClaimUid claim);
}
