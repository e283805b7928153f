// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.why;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import java.util.List;
import java.util.Optional;

/**
 * What is known of one claim.
 *
 * @param definitions provisioner ConfigMaps of its class
 * @param definitionsHidden whether the user may not see them
 * @param pods its provisioning pods
 * @param volume the one made for it
 * @param claimEvents events on the claim
 * @param podEvents events on pods of its request, also of pods that have gone
 * @param provisionersReady how many flex provisioners are ready; empty: the user may not see
 */
public record Story(
    PersistentVolumeClaim claim,
    Optional<StorageClass> storageClass,
    List<ConfigMap> definitions,
    boolean definitionsHidden,
    List<Pod> pods,
    Optional<PersistentVolume> volume,
    List<Event> claimEvents,
    List<Event> podEvents,
    Optional<Integer> provisionersReady) {
  public Story {
    definitions = List.copyOf(definitions);
    pods = List.copyOf(pods);
    claimEvents = List.copyOf(claimEvents);
    podEvents = List.copyOf(podEvents);
  }
}
