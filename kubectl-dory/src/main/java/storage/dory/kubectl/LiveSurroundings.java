// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import storage.dory.kubectl.check.Presence;
import storage.dory.kubectl.check.Surroundings;
import storage.dory.kubectl.cluster.Cluster;
import storage.dory.kubectl.cluster.NotAllowed;
import storage.dory.provisioner.catalog.ConfigMapKey;
import storage.dory.provisioner.catalog.RawDefinition;

/**
 * What is in the cluster, and in the file that is about to be applied.
 *
 * @param offered objects of the file as {@code Kind/namespace/name}
 */
record LiveSurroundings(Cluster cluster, Set<String> offered, List<RawDefinition> alsoOffered)
    implements Surroundings {
  LiveSurroundings {
    offered = Set.copyOf(offered);
    alsoOffered = List.copyOf(alsoOffered);
  }

  @Override
  public Presence serviceAccount(String namespace, String name) {
    return presence(
        "ServiceAccount",
        namespace,
        name,
        () -> cluster.serviceAccount(namespace, name).isPresent());
  }

  @Override
  public Presence secret(String namespace, String name) {
    return presence("Secret", namespace, name, () -> cluster.hasSecret(namespace, name));
  }

  @Override
  public Optional<String> provisionerOf(String storageClass) {
    return storageClass.isEmpty()
        ? Optional.empty()
        : cluster
            .ifAllowed(() -> cluster.storageClass(storageClass).stream().toList())
            .items()
            .stream()
            .findFirst()
            .map(StorageClass::getProvisioner);
  }

  @Override
  public List<RawDefinition> others() {
    List<RawDefinition> others = new java.util.ArrayList<>(alsoOffered);
    Set<ConfigMapKey> known = Set.copyOf(others.stream().map(RawDefinition::source).toList());
    cluster.ifAllowed(() -> cluster.definitions("")).items().stream()
        .map(LiveSurroundings::raw)
        .filter(raw -> !known.contains(raw.source()))
        .forEach(others::add);
    return others;
  }

  /** As the provisioner reads it. */
  static RawDefinition raw(ConfigMap configMap) {
    Map<String, String> labels =
        Optional.ofNullable(configMap.getMetadata().getLabels()).orElse(Map.of());
    return new RawDefinition(
        new ConfigMapKey(configMap.getMetadata().getNamespace(), configMap.getMetadata().getName()),
        labels.getOrDefault("storage-class", ""),
        Optional.ofNullable(configMap.getData()).orElse(Map.of()),
        Optional.ofNullable(configMap.getBinaryData()).map(Map::keySet).orElse(Set.of()));
  }

  private Presence presence(String kind, String namespace, String name, Supplier<Boolean> there) {
    if (offered.contains(kind + "/" + namespace + "/" + name)) {
      return Presence.THERE;
    }
    try {
      return there.get() ? Presence.THERE : Presence.ABSENT;
    } catch (NotAllowed e) {
      return Presence.HIDDEN;
    }
  }
}
