// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.listing;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import java.util.List;

/**
 * What the cluster was seen to hold, all of it, ours or not.
 *
 * @param namespace the only one asked for; empty: all
 * @param pods provisioning pods
 */
public record Known(
    String namespace,
    List<StorageClass> classes,
    List<PersistentVolumeClaim> claims,
    List<PersistentVolume> volumes,
    List<Pod> pods,
    List<Event> events) {
  public Known {
    classes = List.copyOf(classes);
    claims = List.copyOf(claims);
    volumes = List.copyOf(volumes);
    pods = List.copyOf(pods);
    events = List.copyOf(events);
  }
}
