// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.claim;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import storage.dory.provisioner.volume.Bytes;
import storage.dory.provisioner.volume.ClaimRef;

/**
 * What a PersistentVolumeClaim says of itself.
 *
 * @param pending whether it has no volume yet
 * @param handedToUs whether the controller manager has named us as its provisioner
 * @param size empty when it is missing, zero or cannot be read
 * @param sizeText the size as it was written
 * @param capacity what its status says that it has
 * @param properties its annotations of our prefix, by what follows that
 */
public record ClaimFacts(
    ClaimRef ref,
    boolean pending,
    boolean deleting,
    boolean handedToUs,
    Optional<String> volumeName,
    Optional<String> storageClass,
    Optional<String> selectedNode,
    Optional<Bytes> size,
    String sizeText,
    ClaimCapacity capacity,
    List<String> accessModes,
    String volumeMode,
    boolean selector,
    Optional<DataSource> dataSource,
    Map<String, String> properties,
    String resourceVersion) {
  public ClaimFacts {
    accessModes = List.copyOf(accessModes);
    properties = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(properties));
  }

  /** Whether it is bound to another volume than the one that would be made for it. */
  public boolean servedElsewhere() {
    return volumeName.filter(name -> !name.equals(ref.uid().volumeName())).isPresent();
  }

  /** Why it can never be served, in words with what to do; empty when nothing is in the way. */
  public Optional<String> refusal() {
    if (volumeMode.equals("Block")) {
      return Optional.of("volumeMode Block is not served by this class: use volumeMode Filesystem");
    }
    if (size.isEmpty()) {
      return Optional.of(
          sizeText.isEmpty()
              ? "the claim asks for no size: set spec.resources.requests.storage, for example 1Gi"
              : "the size '"
                  + sizeText
                  + "' is zero or cannot be read: set spec.resources.requests.storage, for example"
                  + " 1Gi");
    }
    if (accessModes.isEmpty()) {
      return Optional.of("the claim has no access mode: set spec.accessModes");
    }
    if (selector) {
      return Optional.of(
          "spec.selector asks for an existing volume and none is made for it: remove it, or make a"
              + " volume with those labels by hand");
    }
    return Optional.empty();
  }
}
