// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.control;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import java.util.Optional;
import storage.dory.provisioner.claim.ClaimFacts;
import storage.dory.provisioner.claim.ExpansionState;
import storage.dory.provisioner.podrun.PodFacts;
import storage.dory.provisioner.volume.Bytes;
import storage.dory.provisioner.volume.ClaimRef;
import storage.dory.provisioner.volume.VolumeFacts;

/**
 * Every request to the API server that is not a watch. Each has a deadline, and what it wrote or
 * read is visible in the {@link ClusterView} when it returns. A request that got no answer, or an
 * answer that does not settle it, throws; it may have been carried out all the same, even much
 * later. So what changes or deletes an object names the version that was read, and a write that
 * comes late finds another and does nothing; what makes one has a name that stands for the request.
 */
public interface ClusterWriter {
  /** Asks for a claim; empty when there is none of that name and identity. */
  Optional<PersistentVolumeClaim> readClaim(ClaimRef claim);

  /** Asks for a volume. */
  Optional<PersistentVolume> readVolume(String name);

  /** Asks for a pod. */
  Optional<Pod> readPod(String namespace, String name);

  /** Asks for all pods of requests. */
  void readPods();

  /** Asks for a node. */
  Optional<Node> readNode(String name);

  /** Makes a pod. */
  Written<Pod> createPod(Pod pod);

  /** Makes a Secret, or puts it in place of one that a former pod of that name left. */
  Written<Secret> putSecret(Secret secret);

  /** Asks for a Secret. */
  Optional<Secret> readSecret(String namespace, String name);

  /**
   * Makes a Secret, or writes it in place of the one that was found, if that has not changed since.
   */
  Written<Secret> writeSecret(Secret secret, Optional<Secret> found);

  /** Deletes a pod that has not changed since, with its own grace. */
  Written<Pod> deletePod(PodFacts pod);

  /** Takes our finalizer off a pod. */
  Written<Pod> releasePod(PodFacts pod);

  /** Notes on a pod that its node was given back. */
  Written<Pod> noteNodeGivenBack(PodFacts pod);

  /** Takes the selected node off a claim that has not changed since. */
  Written<PersistentVolumeClaim> clearSelectedNode(ClaimFacts claim);

  /** Writes on a claim, if it has not changed since, how far its expansion is. */
  Written<PersistentVolumeClaim> reportExpansion(ClaimFacts claim, ExpansionState state);

  /** Writes on a volume that what is behind it has grown. */
  Written<PersistentVolume> growVolume(VolumeFacts volume, Bytes size);

  /** Puts our marks on a volume. */
  Written<PersistentVolume> markVolume(
      VolumeFacts volume, String definition, Optional<String> seal);

  /** Deletes a volume object that has not changed since. */
  Written<PersistentVolume> deleteVolume(VolumeFacts volume);

  /** Takes our finalizer off a volume. */
  Written<PersistentVolume> releaseVolume(VolumeFacts volume);

  /** Makes a class. */
  Written<StorageClass> createClass(StorageClass storageClass);

  /** Writes an annotation on a ConfigMap that has not changed since. */
  Written<ConfigMap> annotate(ConfigMap configMap, String annotation, String value);

  /** Asks for a DaemonSet. */
  Optional<DaemonSet> readDaemonSet(String namespace, String name);

  /** Makes a DaemonSet. */
  Written<DaemonSet> createDaemonSet(DaemonSet daemonSet);

  /** Replaces a DaemonSet that has not changed since its version was read. */
  Written<DaemonSet> replaceDaemonSet(DaemonSet daemonSet);
}
