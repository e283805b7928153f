// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.volume;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** What a claim asked for, to hold a volume against. */
public record VolumeWish(
    ClaimUid claim, String storageClass, Bytes size, List<String> accessModes, String volumeMode) {
  public VolumeWish {
    accessModes = List.copyOf(accessModes);
  }

  /** Why a volume is not what was asked for, in words; empty when it is. */
  public Optional<String> mismatch(VolumeFacts volume) {
    if (!volume.isFor(claim)) {
      return Optional.of(
          "its claimRef names "
              + volume
                  .claim()
                  .map(ref -> "claim " + ref + " with uid " + ref.uid())
                  .orElse("no claim uid")
              + ", not uid "
              + claim);
    }
    if (!volume.storageClass().equals(storageClass)) {
      return Optional.of(
          "its storageClassName is '" + volume.storageClass() + "', not '" + storageClass + "'");
    }
    if (volume.capacity().filter(capacity -> capacity.compareTo(size) >= 0).isEmpty()) {
      return Optional.of(
          "its capacity is "
              + volume.capacity().map(capacity -> capacity + " bytes").orElse("not set")
              + ", less than the "
              + size
              + " bytes that were asked for");
    }
    if (!volume.accessModes().containsAll(accessModes)) {
      return Optional.of(
          "its access modes "
              + new TreeSet<>(volume.accessModes())
              + " lack some of "
              + accessModes);
    }
    if (!volume.volumeMode().equals(volumeMode)) {
      return Optional.of("its volumeMode is " + volume.volumeMode() + ", not " + volumeMode);
    }
    return Optional.empty();
  }
}
