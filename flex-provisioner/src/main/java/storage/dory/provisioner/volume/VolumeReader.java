// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.volume;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** From a PersistentVolume to what we need to know of it. */
public final class VolumeReader {
  private VolumeReader() {}

  /** Reads an object of any origin; what is missing reads as empty. */
  public static VolumeFacts read(PersistentVolume volume) {
    PersistentVolumeSpec spec =
        volume.getSpec() == null ? new PersistentVolumeSpec() : volume.getSpec();
    Map<String, String> annotations = orEmpty(volume.getMetadata().getAnnotations());
    List<String> finalizers = orEmpty(volume.getMetadata().getFinalizers());
    return new VolumeFacts(
        volume.getMetadata().getName(),
        orEmpty(volume.getMetadata().getUid()),
        claim(spec.getClaimRef()),
        orEmpty(spec.getStorageClassName()),
        capacity(spec),
        Set.copyOf(orEmpty(spec.getAccessModes())),
        spec.getVolumeMode() == null ? "Filesystem" : spec.getVolumeMode(),
        orEmpty(spec.getPersistentVolumeReclaimPolicy()),
        phase(volume),
        volume.getMetadata().getDeletionTimestamp() != null,
        finalizers.contains(Marks.VOLUME_FINALIZER),
        Optional.ofNullable(annotations.get(Marks.PROVISIONED_BY)),
        Optional.ofNullable(annotations.get(Marks.DEFINITION)),
        Optional.ofNullable(annotations.get(Marks.SEAL)),
        false,
        spec.getNodeAffinity() == null
            ? Optional.empty()
            : Optional.ofNullable(spec.getNodeAffinity().getRequired()),
        finalizers,
        orEmpty(volume.getMetadata().getResourceVersion()));
  }

  private static Optional<Bytes> capacity(PersistentVolumeSpec spec) {
    Quantity storage = spec.getCapacity() == null ? null : spec.getCapacity().get("storage");
    return storage == null ? Optional.empty() : Bytes.of(storage);
  }

  private static Optional<ClaimRef> claim(@Nullable ObjectReference reference) {
    if (reference == null || reference.getUid() == null || !ClaimUid.isOne(reference.getUid())) {
      return Optional.empty();
    }
    return Optional.of(
        new ClaimRef(
            orEmpty(reference.getNamespace()),
            orEmpty(reference.getName()),
            new ClaimUid(reference.getUid())));
  }

  private static VolumePhase phase(PersistentVolume volume) {
    String phase = volume.getStatus() == null ? null : volume.getStatus().getPhase();
    return switch (phase == null ? "" : phase) {
      case "Released", "Failed" -> VolumePhase.RELEASED;
      case "", "Pending", "Available" -> VolumePhase.UNBOUND;
      default -> VolumePhase.BOUND;
    };
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static List<String> orEmpty(@Nullable List<String> list) {
    return list == null ? List.of() : list;
  }

  private static Map<String, String> orEmpty(@Nullable Map<String, String> map) {
    return map == null ? Map.of() : map;
  }
}
