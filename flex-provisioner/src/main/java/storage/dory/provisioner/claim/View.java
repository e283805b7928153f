// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.claim;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import storage.dory.provisioner.catalog.InForce;
import storage.dory.provisioner.podrun.Action;
import storage.dory.provisioner.podrun.PodFacts;
import storage.dory.provisioner.volume.ClaimUid;
import storage.dory.provisioner.volume.VolumeFacts;

/**
 * Everything the cluster shows about one request.
 *
 * @param volume the volume named after the claim, whoever made it
 * @param original the claim that this claim is to be a clone of, where it is there
 * @param node the node that was selected for the claim; unseen as well when none was
 * @param pods all our pods of this request
 * @param storageClass the class of the claim, else of the volume, else of the pods
 * @param inForce what serves that class
 * @param trusted namespaces in which we may run pods
 * @param secretsGiven UIDs of pods that are known to have their Secret
 */
public record View(
    ClaimUid uid,
    Sight<ClaimFacts> claim,
    Sight<VolumeFacts> volume,
    Optional<ClaimFacts> original,
    Sight<NodeFacts> node,
    List<PodFacts> pods,
    Optional<ClassFacts> storageClass,
    InForce inForce,
    Set<String> trusted,
    Set<String> secretsGiven) {
  public View {
    pods = pods.stream().sorted(Comparator.comparingInt(PodFacts::attempt)).toList();
    trusted = Set.copyOf(trusted);
    secretsGiven = Set.copyOf(secretsGiven);
  }

  /** The pods of one action, oldest attempt first. */
  public List<PodFacts> pods(Action action) {
    return pods.stream().filter(pod -> pod.action() == action).toList();
  }
}
