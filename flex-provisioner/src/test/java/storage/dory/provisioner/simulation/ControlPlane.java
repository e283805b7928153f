// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.simulation;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimStatus;
import io.fabric8.kubernetes.api.model.PersistentVolumeStatus;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import storage.dory.provisioner.volume.Marks;

/** Binder, scheduler, protection of claims and volumes, garbage collector: each acts late. */
final class ControlPlane {
  private static final String HANDED_OVER = "volume.kubernetes.io/storage-provisioner";
  private static final String CLAIM_PROTECTION = "kubernetes.io/pvc-protection";
  private static final String VOLUME_PROTECTION = "kubernetes.io/pv-protection";
  private static final long ROUND = 700;

  private final World world;
  private final Api api;

  ControlPlane(World world, Api api) {
    this.world = world;
    this.api = api;
  }

  void start() {
    world.after(0, this::round);
  }

  /** Looks at everything, as each controller does by its resync; each takes its chance. */
  private void round() {
    for (PersistentVolumeClaim claim : api.claims.all()) {
      if (world.chance(0.7)) {
        claim(claim);
      }
    }
    for (PersistentVolume volume : api.volumes.all()) {
      if (world.chance(0.7)) {
        volume(volume);
      }
    }
    for (Secret secret : api.secrets.all()) {
      if (world.chance(0.5)) {
        collect(secret);
      }
    }
    world.after(world.between(ROUND / 2, world.faulty() ? ROUND * 2 : ROUND * 8), this::round);
  }

  private void claim(PersistentVolumeClaim claim) {
    String key = Table.key(claim);
    if (claim.getMetadata().getDeletionTimestamp() != null) {
      var _ =
          api.claims.edit(
              key,
              now ->
                  now.getMetadata()
                      .setFinalizers(without(now.getMetadata().getFinalizers(), CLAIM_PROTECTION)));
      return;
    }
    Optional<StorageClass> storageClass = api.classes.get(claim.getSpec().getStorageClassName());
    if (storageClass.isEmpty() || claim.getSpec().getVolumeName() != null) {
      return;
    }
    Map<String, String> annotations = claim.getMetadata().getAnnotations();
    boolean waits = "WaitForFirstConsumer".equals(storageClass.get().getVolumeBindingMode());
    if (waits && !annotations.containsKey(Marks.SELECTED_NODE)) {
      annotate(key, Marks.SELECTED_NODE, "node-" + world.between(1, 3));
    } else if (!annotations.containsKey(HANDED_OVER)) {
      annotate(key, HANDED_OVER, Marks.PROVISIONER);
    }
  }

  private void annotate(String key, String name, String value) {
    var _ =
        api.claims.edit(
            key,
            now -> {
              Map<String, String> all = new TreeMap<>(now.getMetadata().getAnnotations());
              all.put(name, value);
              now.getMetadata().setAnnotations(all);
            });
  }

  private void volume(PersistentVolume volume) {
    String key = Table.key(volume);
    Optional<PersistentVolumeClaim> claim =
        api.claims.get(
            volume.getSpec().getClaimRef().getNamespace()
                + "/"
                + volume.getSpec().getClaimRef().getName(),
            volume.getSpec().getClaimRef().getUid());
    String phase = volume.getStatus() == null ? "Pending" : volume.getStatus().getPhase();
    if (volume.getMetadata().getDeletionTimestamp() != null) {
      if (!phase.equals("Bound")
          && volume.getMetadata().getFinalizers().contains(VOLUME_PROTECTION)) {
        var _ =
            api.volumes.edit(
                key,
                now ->
                    now.getMetadata()
                        .setFinalizers(
                            without(now.getMetadata().getFinalizers(), VOLUME_PROTECTION)));
      }
      if (claim.isPresent() || !phase.equals("Bound")) {
        return;
      }
    }
    if (claim.isEmpty()) {
      released(volume, key, phase);
    } else if (!phase.equals("Bound") && claim.get().getMetadata().getDeletionTimestamp() == null) {
      bind(volume, Table.key(claim.get()));
    }
  }

  private void released(PersistentVolume volume, String key, String phase) {
    if (phase.equals("Released") || phase.equals("Failed")) {
      return;
    }
    Map<String, String> annotations = volume.getMetadata().getAnnotations();
    boolean known = annotations != null && annotations.containsKey(Marks.PROVISIONED_BY);
    boolean delete = "Delete".equals(volume.getSpec().getPersistentVolumeReclaimPolicy());
    phase(key, delete && !known ? "Failed" : "Released");
  }

  private void bind(PersistentVolume volume, String claimKey) {
    phase(Table.key(volume), "Bound");
    var _ =
        api.claims.edit(
            claimKey,
            now -> {
              now.getSpec().setVolumeName(volume.getMetadata().getName());
              PersistentVolumeClaimStatus status = new PersistentVolumeClaimStatus();
              status.setPhase("Bound");
              status.setCapacity(volume.getSpec().getCapacity());
              now.setStatus(status);
            });
  }

  private void phase(String key, String phase) {
    world.note(() -> "binder: " + key + " " + phase);
    var _ =
        api.volumes.edit(
            key,
            now -> {
              PersistentVolumeStatus status = new PersistentVolumeStatus();
              status.setPhase(phase);
              now.setStatus(status);
            });
  }

  private void collect(Secret secret) {
    List<OwnerReference> owners = secret.getMetadata().getOwnerReferences();
    String namespace = secret.getMetadata().getNamespace();
    boolean owned =
        owners.stream()
            .anyMatch(o ->
                api.pods.get(namespace + "/" + o.getName(), o.getUid()).isPresent()
                    || api.configMaps.get(namespace + "/" + o.getName(), o.getUid()).isPresent());
    if (!owned) {
      var _ = api.secrets.delete(Table.key(secret), 0);
    }
  }

  private static List<String> without(List<String> finalizers, String finalizer) {
    List<String> left = new ArrayList<>(finalizers);
    left.remove(finalizer);
    return left;
  }
}
