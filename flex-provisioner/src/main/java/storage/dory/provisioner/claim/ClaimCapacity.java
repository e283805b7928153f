// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.claim;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaimCondition;
import java.util.List;
import java.util.Optional;
import storage.dory.provisioner.volume.Bytes;

/**
 * What the status of a claim says of its size.
 *
 * @param bytes what the claim has; empty while it has no volume
 * @param conditions all of them, as the API server gave them out
 */
public record ClaimCapacity(
    Optional<Bytes> bytes, List<PersistentVolumeClaimCondition> conditions) {
  public ClaimCapacity {
    conditions = List.copyOf(conditions);
  }

  /** Of a claim without a status. */
  static ClaimCapacity unknown() {
    return new ClaimCapacity(Optional.empty(), List.of());
  }

  /** Whether a condition of that type is true. */
  boolean has(String condition) {
    return conditions.stream()
        .anyMatch(c -> condition.equals(c.getType()) && "True".equals(c.getStatus()));
  }

  /** Whether it speaks of an expansion at all. */
  boolean speaksOfExpansion() {
    return conditions.stream().anyMatch(c -> ExpansionState.CONDITIONS.contains(c.getType()));
  }
}
