// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.control;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import storage.dory.provisioner.catalog.ConfigMapKey;
import storage.dory.provisioner.volume.ClaimUid;

/**
 * The cluster as the caches have it, with our own writes put over them until they have caught up.
 * Never asks the API server.
 */
public interface ClusterView {
  /** The claim of that identity. */
  Optional<PersistentVolumeClaim> claim(ClaimUid uid);

  /** A claim by its name. */
  Optional<PersistentVolumeClaim> claim(String namespace, String name);

  /** The claims that name a class. */
  List<PersistentVolumeClaim> claimsOf(String storageClass);

  /** A volume by its name. */
  Optional<PersistentVolume> volume(String name);

  /** Our pods of one request, in all trusted namespaces. */
  List<Pod> pods(ClaimUid uid);

  /** Requests that have a pod. */
  Set<ClaimUid> requestsWithPods();

  /** A class by its name. */
  Optional<StorageClass> storageClass(String name);

  /** A provisioner ConfigMap. */
  Optional<ConfigMap> configMap(ConfigMapKey key);

  /** All provisioner ConfigMaps. */
  List<ConfigMap> configMaps();

  /** Namespaces whose ConfigMaps are trusted. */
  Set<String> trusted();
}
