// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.volume;

import io.fabric8.kubernetes.api.model.NodeSelector;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a PersistentVolume says of itself.
 *
 * @param seal what is to show that we wrote the definition
 * @param believed whether the definition may choose what runs; not before somebody has looked at
 *     the seal
 */
public record VolumeFacts(
    String name,
    String objectUid,
    Optional<ClaimRef> claim,
    String storageClass,
    Optional<Bytes> capacity,
    Set<String> accessModes,
    String volumeMode,
    String reclaimPolicy,
    VolumePhase phase,
    boolean deleting,
    boolean finalizer,
    Optional<String> provisionedBy,
    Optional<String> definition,
    Optional<String> seal,
    boolean believed,
    Optional<NodeSelector> nodeAffinity,
    List<String> finalizers,
    String resourceVersion) {
  public VolumeFacts {
    accessModes = Set.copyOf(accessModes);
    finalizers = List.copyOf(finalizers);
  }

  /** The same after somebody has looked at the seal. */
  public VolumeFacts believed(boolean is) {
    return new VolumeFacts(
        name,
        objectUid,
        claim,
        storageClass,
        capacity,
        accessModes,
        volumeMode,
        reclaimPolicy,
        phase,
        deleting,
        finalizer,
        provisionedBy,
        definition,
        seal,
        is,
        nodeAffinity,
        finalizers,
        resourceVersion);
  }

  /** Whether it can go at any moment, and with it the record of what is behind it. */
  public boolean isGoing() {
    return deleting && !finalizer;
  }

  /** Whether the volume says that we made it. */
  public boolean ours() {
    return provisionedBy.filter(Marks.PROVISIONER::equals).isPresent();
  }

  /** Whether the volume is made for that claim and no other. */
  public boolean isFor(ClaimUid uid) {
    return claim.filter(ref -> ref.uid().equals(uid)).isPresent();
  }
}
