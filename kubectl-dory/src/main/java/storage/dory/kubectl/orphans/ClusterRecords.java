// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.orphans;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.List;

/**
 * What the cluster holds at one moment.
 *
 * @param pods provisioning pods
 * @param secrets of provisioning pods
 */
public record ClusterRecords(
    List<PersistentVolumeClaim> claims,
    List<PersistentVolume> volumes,
    List<Pod> pods,
    List<Secret> secrets) {
  public ClusterRecords {
    claims = List.copyOf(claims);
    volumes = List.copyOf(volumes);
    pods = List.copyOf(pods);
    secrets = List.copyOf(secrets);
  }
}
