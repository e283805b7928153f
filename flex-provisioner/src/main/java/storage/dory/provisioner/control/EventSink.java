// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.control;

import storage.dory.provisioner.catalog.ConfigMapKey;
import storage.dory.provisioner.claim.Tell;

/** Takes what people shall read. Never blocks, never fails; the same thing is told once. */
public interface EventSink {
  /** Tells something about a claim or a volume. */
  void tell(Tell tell);

  /**
   * Tells something about a ConfigMap.
   *
   * @param objectUid of the ConfigMap
   */
  void tell(
      ConfigMapKey configMap, String objectUid, boolean warning, String reason, String message);
}
