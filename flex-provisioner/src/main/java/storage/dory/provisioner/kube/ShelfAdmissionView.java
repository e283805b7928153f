// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.kube;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import storage.dory.provisioner.admission.AdmissionView;
import storage.dory.provisioner.control.ClusterView;
import storage.dory.provisioner.identity.SealKey;
import storage.dory.provisioner.identity.VolumeMaking;
import storage.dory.provisioner.podrun.Action;
import storage.dory.provisioner.volume.ClaimUid;
import storage.dory.provisioner.volume.Marks;

/** What the caches know that matters for admission. */
public final class ShelfAdmissionView implements AdmissionView {
  private static final Set<String> ENDED = Set.of("Succeeded", "Failed");

  private final ClusterView cluster;
  private final Supplier<Optional<SealKey>> seal;

  /** Shows what the caches have and the key that is current. */
  public ShelfAdmissionView(ClusterView cluster, Supplier<Optional<SealKey>> seal) {
    this.cluster = cluster;
    this.seal = seal;
  }

  @Override
  public boolean serves(String storageClass) {
    if (storageClass.isEmpty()) {
      return false;
    }
    Optional<StorageClass> found = cluster.storageClass(storageClass);
    return found.isPresent()
        ? Marks.PROVISIONER.equals(found.get().getProvisioner())
        // claims may be filed in one go with the ConfigMap that their class is made from
        : cluster.configMaps().stream()
            .map(configMap -> configMap.getMetadata().getLabels())
            .anyMatch(labels -> labels != null && storageClass.equals(labels.get("storage-class")));
  }

  @Override
  public Optional<SealKey> seal() {
    return seal.get();
  }

  @Override
  public Set<VolumeMaking.Account> accounts() {
    Set<VolumeMaking.Account> accounts = new HashSet<>();
    for (ConfigMap configMap : cluster.configMaps()) {
      Map<String, String> data = configMap.getData() == null ? Map.of() : configMap.getData();
      String name = data.getOrDefault("service-account-name", "").strip();
      if (!name.isEmpty()) {
        accounts.add(new VolumeMaking.Account(configMap.getMetadata().getNamespace(), name));
      }
    }
    return accounts;
  }

  @Override
  public List<VolumeMaking.Provisioning> provisioning(ClaimUid claim) {
    return provisioning(cluster.pods(claim));
  }

  /** Those of pods with our labels that are provisioning and have not ended. */
  static List<VolumeMaking.Provisioning> provisioning(List<Pod> pods) {
    return pods.stream()
        .filter(
            pod -> Action.PROVISION.word().equals(pod.getMetadata().getLabels().get(Marks.ACTION)))
        .filter(pod -> pod.getStatus() == null || !ENDED.contains(pod.getStatus().getPhase()))
        .map(ShelfAdmissionView::provisioning)
        .toList();
  }

  private static VolumeMaking.Provisioning provisioning(Pod pod) {
    return new VolumeMaking.Provisioning(
        new VolumeMaking.Account(
            pod.getMetadata().getNamespace(), pod.getSpec().getServiceAccountName()),
        pod.getMetadata().getName());
  }
}
