// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.claim;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimSpec;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimStatus;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import storage.dory.provisioner.identity.FiledClaim;
import storage.dory.provisioner.volume.Bytes;
import storage.dory.provisioner.volume.ClaimRef;
import storage.dory.provisioner.volume.ClaimUid;
import storage.dory.provisioner.volume.Marks;

/** From a PersistentVolumeClaim to what we need to know of it. */
public final class ClaimReader {
  private static final Set<String> PROVISIONER_ANNOTATIONS =
      Set.of(
          "volume.kubernetes.io/storage-provisioner",
          "volume.beta.kubernetes.io/storage-provisioner");
  private static final String OLD_CLASS = "volume.beta.kubernetes.io/storage-class";

  private ClaimReader() {}

  /** Reads a claim that the API server gave out. */
  public static ClaimFacts read(PersistentVolumeClaim claim) {
    PersistentVolumeClaimSpec spec =
        claim.getSpec() == null ? new PersistentVolumeClaimSpec() : claim.getSpec();
    Map<String, String> annotations = orEmpty(claim.getMetadata().getAnnotations());
    String phase = claim.getStatus() == null ? null : claim.getStatus().getPhase();
    Optional<Quantity> size = size(spec);
    return new ClaimFacts(
        new ClaimRef(
            claim.getMetadata().getNamespace(),
            claim.getMetadata().getName(),
            new ClaimUid(claim.getMetadata().getUid())),
        phase == null || phase.equals("Pending"),
        claim.getMetadata().getDeletionTimestamp() != null,
        PROVISIONER_ANNOTATIONS.stream()
            .anyMatch(name -> Marks.PROVISIONER.equals(annotations.get(name))),
        filled(spec.getVolumeName()),
        filled(annotations.get(OLD_CLASS)).or(() -> filled(spec.getStorageClassName())),
        filled(annotations.get(Marks.SELECTED_NODE)),
        size.flatMap(Bytes::of).filter(bytes -> bytes.value() > 0),
        size.map(Quantity::toString).orElse(""),
        capacity(claim.getStatus()),
        spec.getAccessModes() == null ? List.of() : spec.getAccessModes(),
        filled(spec.getVolumeMode()).orElse("Filesystem"),
        spec.getSelector() != null,
        dataSource(spec),
        properties(annotations),
        claim.getMetadata().getResourceVersion() == null
            ? ""
            : claim.getMetadata().getResourceVersion());
  }

  private static ClaimCapacity capacity(@Nullable PersistentVolumeClaimStatus status) {
    if (status == null) {
      return ClaimCapacity.unknown();
    }
    return new ClaimCapacity(
        Optional.ofNullable(status.getCapacity())
            .map(capacity -> capacity.get("storage"))
            .flatMap(Bytes::of),
        status.getConditions() == null ? List.of() : status.getConditions());
  }

  /** What a claim says about who filed it. */
  public static FiledClaim filed(PersistentVolumeClaim claim) {
    ObjectMeta meta = claim.getMetadata();
    return new FiledClaim(
        filled(meta.getNamespace()).orElse(""),
        filled(meta.getName()).orElse(""),
        filled(meta.getGenerateName()).orElse(""),
        filled(meta.getCreationTimestamp()).map(Instant::parse),
        orEmpty(meta.getAnnotations()));
  }

  private static Optional<Quantity> size(PersistentVolumeClaimSpec spec) {
    if (spec.getResources() == null || spec.getResources().getRequests() == null) {
      return Optional.empty();
    }
    return Optional.ofNullable(spec.getResources().getRequests().get("storage"));
  }

  /** Where both are set they say the same; only the newer one can name a namespace. */
  private static Optional<DataSource> dataSource(PersistentVolumeClaimSpec spec) {
    if (spec.getDataSourceRef() != null) {
      var reference = spec.getDataSourceRef();
      return Optional.of(
          new DataSource(
              filled(reference.getApiGroup()).orElse(""),
              reference.getKind(),
              reference.getName(),
              filled(reference.getNamespace())));
    }
    return Optional.ofNullable(spec.getDataSource())
        .map(source ->
            new DataSource(
                filled(source.getApiGroup()).orElse(""),
                source.getKind(),
                source.getName(),
                Optional.empty()));
  }

  private static Map<String, String> properties(Map<String, String> annotations) {
    Map<String, String> properties = new TreeMap<>();
    annotations.forEach((name, value) -> {
      if (name.startsWith(Marks.PREFIX)) {
        properties.put(name.substring(Marks.PREFIX.length()), value);
      }
    });
    return properties;
  }

  private static Optional<String> filled(@Nullable String text) {
    return Optional.ofNullable(text).filter(value -> !value.isEmpty());
  }

  private static Map<String, String> orEmpty(@Nullable Map<String, String> map) {
    return map == null ? Map.of() : map;
  }
}
