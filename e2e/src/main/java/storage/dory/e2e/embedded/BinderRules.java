// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.embedded;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What kube-controller-manager would write next for claims and volumes; pure. Only what dynamic
 * provisioning needs: no matching of claims with volumes made by hand, no protection finalizers.
 */
final class BinderRules {
  static final String PROVISIONER = "volume.beta.kubernetes.io/storage-provisioner";
  static final String SELECTED_NODE = "volume.kubernetes.io/selected-node";

  /** Every correction that is due; applying them and asking again ends with none. */
  List<Correction> due(ClusterState state) {
    Map<String, StorageClass> classes =
        state.classes().stream().collect(Collectors.toMap(BinderRules::name, Function.identity()));
    Map<String, PersistentVolumeClaim> claims =
        state.claims().stream().collect(Collectors.toMap(BinderRules::uid, Function.identity()));
    Set<String> pods = state.pods().stream().map(BinderRules::uid).collect(Collectors.toSet());
    Set<String> wanted =
        state.pods().stream()
            .flatMap(pod ->
                ClaimsOfPod.names(pod).stream()
                    .map(claim -> pod.getMetadata().getNamespace() + "/" + claim))
            .collect(Collectors.toSet());
    List<Correction> due = new ArrayList<>();
    state.claims().forEach(claim -> ofClaim(claim, classes, wanted).ifPresent(due::add));
    state.volumes().forEach(volume -> ofVolume(volume, claims).ifPresent(due::add));
    state.secrets().stream()
        .filter(secret -> isOrphan(secret, pods))
        .forEach(secret -> due.add(new Correction.Collect(secret)));
    return due;
  }

  private static Optional<Correction> ofClaim(
      PersistentVolumeClaim claim, Map<String, StorageClass> classes, Set<String> wanted) {
    if (isGoing(claim) || claim.getSpec().getVolumeName() != null) {
      return Optional.empty();
    }
    if (claim.getStatus() == null || claim.getStatus().getPhase() == null) {
      return Optional.of(new Correction.Pending(claim));
    }
    StorageClass of = classes.get(Objects.toString(claim.getSpec().getStorageClassName(), ""));
    if (of == null || annotation(claim, PROVISIONER).isPresent()) {
      return Optional.empty();
    }
    boolean waits = "WaitForFirstConsumer".equals(of.getVolumeBindingMode());
    if (waits && annotation(claim, SELECTED_NODE).isEmpty()) {
      String key = claim.getMetadata().getNamespace() + "/" + name(claim);
      return wanted.contains(key)
          ? Optional.of(new Correction.SelectNode(claim))
          : Optional.empty();
    }
    return Optional.of(new Correction.NameProvisioner(claim, of.getProvisioner()));
  }

  private static Optional<Correction> ofVolume(
      PersistentVolume volume, Map<String, PersistentVolumeClaim> claims) {
    ObjectReference reference = volume.getSpec().getClaimRef();
    if (reference == null || reference.getUid() == null) {
      return Optional.empty();
    }
    PersistentVolumeClaim claim = claims.get(reference.getUid());
    String phase = volume.getStatus() == null ? null : volume.getStatus().getPhase();
    if (claim == null) {
      return "Released".equals(phase)
          ? Optional.empty()
          : Optional.of(new Correction.Release(volume));
    }
    boolean bound =
        "Bound".equals(phase)
            && name(volume).equals(claim.getSpec().getVolumeName())
            && claim.getStatus() != null
            && "Bound".equals(claim.getStatus().getPhase());
    return bound || isGoing(volume) || !fits(volume, claim)
        ? Optional.empty()
        : Optional.of(new Correction.Bind(volume, claim));
  }

  private static boolean fits(PersistentVolume volume, PersistentVolumeClaim claim) {
    String taken = claim.getSpec().getVolumeName();
    return (taken == null || taken.equals(name(volume)))
        && Objects.equals(
            volume.getSpec().getStorageClassName(), claim.getSpec().getStorageClassName())
        && Objects.equals(
            mode(volume.getSpec().getVolumeMode()), mode(claim.getSpec().getVolumeMode()))
        && volume.getSpec().getAccessModes().containsAll(claim.getSpec().getAccessModes())
        && bytes(volume.getSpec().getCapacity())
                .compareTo(bytes(claim.getSpec().getResources().getRequests()))
            >= 0;
  }

  private static boolean isOrphan(Secret secret, Set<String> pods) {
    return secret.getMetadata().getOwnerReferences() != null
        && secret.getMetadata().getOwnerReferences().stream()
            .anyMatch(owner -> "Pod".equals(owner.getKind()) && !pods.contains(owner.getUid()));
  }

  private static java.math.BigDecimal bytes(Map<String, Quantity> amounts) {
    Quantity storage = amounts == null ? null : amounts.get("storage");
    return storage == null ? java.math.BigDecimal.ZERO : Quantity.getAmountInBytes(storage);
  }

  private static String mode(String mode) {
    return mode == null ? "Filesystem" : mode;
  }

  private static boolean isGoing(HasMetadata object) {
    return object.getMetadata().getDeletionTimestamp() != null;
  }

  private static Optional<String> annotation(HasMetadata object, String key) {
    Map<String, String> all = object.getMetadata().getAnnotations();
    return all == null ? Optional.empty() : Optional.ofNullable(all.get(key));
  }

  private static String name(HasMetadata object) {
    return object.getMetadata().getName();
  }

  private static String uid(HasMetadata object) {
    return object.getMetadata().getUid();
  }
}
