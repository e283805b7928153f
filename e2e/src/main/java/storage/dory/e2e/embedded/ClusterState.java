// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.embedded;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import java.util.List;

/** What the binder knows of the cluster, as its informers have it. */
record ClusterState(
    List<PersistentVolumeClaim> claims,
    List<PersistentVolume> volumes,
    List<StorageClass> classes,
    List<Pod> pods,
    List<Secret> secrets) {
  ClusterState {
    claims = List.copyOf(claims);
    volumes = List.copyOf(volumes);
    classes = List.copyOf(classes);
    pods = List.copyOf(pods);
    secrets = List.copyOf(secrets);
  }
}
