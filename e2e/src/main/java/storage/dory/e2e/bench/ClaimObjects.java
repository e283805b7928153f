// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import java.util.Map;

/**
 * What a run makes. All of it has a name that begins with the run's.
 *
 * @param run also the name of the namespace, of the own class and of service accounts
 */
record ClaimObjects(String run) {
  static final String IMAGE = "dory/docker-plugin-provisioner:0.1.0";
  static final String PLUGIN_IMAGE = "dory/local-plugin:0.1.0";
  private static final String LABEL = "dory.storage/bench";

  /** No node has it, so that no node takes the pod. */
  private static final String NODE_LABEL = "dory.storage/bench-of-no-node";

  Map<String, String> labels() {
    return Map.of(LABEL, run);
  }

  /** What pods of an instant run select. */
  Map<String, String> noNode() {
    return Map.of(NODE_LABEL, run);
  }

  Namespace namespace() {
    return new NamespaceBuilder()
        .withNewMetadata()
        .withName(run)
        .withLabels(labels())
        .endMetadata()
        .build();
  }

  ServiceAccount account(String namespace) {
    return new ServiceAccountBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(run)
        .withLabels(labels())
        .endMetadata()
        .build();
  }

  /** A class of the run's own, whose pods no node takes. */
  ConfigMap definition(String namespace) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(run)
        .withLabels(labels())
        .addToLabels("type", "provisioner-config")
        .addToLabels("storage-class", run)
        .endMetadata()
        .withData(
            Map.of(
                "image", IMAGE,
                "service-account-name", run,
                "provisioner.node-selector", NODE_LABEL + "=" + run))
        .build();
  }

  /**
   * A class of the run's own, with a plugin of its own, on one node. What a pod that was cut off
   * has made is taken away when its time is over, so that is short.
   */
  ConfigMap realDefinition(String namespace, String node) {
    return new ConfigMapBuilder(definition(namespace))
        .withData(
            Map.of(
                "image", IMAGE,
                "service-account-name", run,
                "provisioner.docker-plugin", run,
                "provisioner.vcs-image", PLUGIN_IMAGE,
                "provisioner.max-pods", "20",
                "provisioner.timeout", "90s",
                "provisioner.node-selector", "kubernetes.io/hostname=" + node))
        .build();
  }

  /** What the pods of {@link #realDefinition} may. */
  ClusterRole role() {
    return new ClusterRoleBuilder()
        .withNewMetadata()
        .withName(run)
        .withLabels(labels())
        .endMetadata()
        .addNewRule()
        .withApiGroups("")
        .withResources("persistentvolumes")
        .withVerbs("get", "create")
        .endRule()
        .build();
  }

  ClusterRoleBinding binding() {
    return new ClusterRoleBindingBuilder()
        .withNewMetadata()
        .withName(run)
        .withLabels(labels())
        .endMetadata()
        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", run)
        .addNewSubject("", "ServiceAccount", run, run)
        .build();
  }

  PersistentVolumeClaim claim(int number, String storageClass) {
    return new PersistentVolumeClaimBuilder()
        .withNewMetadata()
        .withNamespace(run)
        .withName("claim-" + number)
        .withLabels(labels())
        .endMetadata()
        .withNewSpec()
        .withStorageClassName(storageClass)
        .withAccessModes("ReadWriteOnce")
        .withNewResources()
        .addToRequests("storage", new Quantity("16Mi"))
        .endResources()
        .endSpec()
        .build();
  }

  /** A pod whose container ends with 0 at once. */
  Pod barePod(int number) {
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace(run)
        .withName("bare-" + number)
        .withLabels(labels())
        .endMetadata()
        .withNewSpec()
        .withServiceAccountName(run)
        .withAutomountServiceAccountToken(false)
        .withRestartPolicy("Never")
        .addNewContainer()
        .withName("nothing")
        .withImage(IMAGE)
        .withImagePullPolicy("IfNotPresent")
        .withCommand("true")
        .endContainer()
        .endSpec()
        .build();
  }

  /**
   * A pod that no node takes.
   *
   * @param standIn on the embedded server, whose kubelet looks at a pod's node and at no labels
   */
  Pod instantPod(int number, boolean standIn) {
    PodBuilder pod = new PodBuilder(barePod(number));
    return standIn
        ? pod.editSpec().withNodeName("none").endSpec().build()
        : pod.editSpec().withNodeSelector(noNode()).endSpec().build();
  }

  /** Whether a pod is of an instant run: one that no node takes. */
  boolean isInstant(Pod pod) {
    Map<String, String> nodes = pod.getSpec().getNodeSelector();
    Map<String, String> labels = pod.getMetadata().getLabels();
    return (nodes != null && nodes.entrySet().containsAll(noNode().entrySet()))
        || (labels != null && labels.entrySet().containsAll(labels().entrySet()));
  }

  /** The volume that a provisioning pod would make for a claim; nothing is behind it. */
  static PersistentVolume volume(PersistentVolumeClaim claim) {
    return new PersistentVolumeBuilder()
        .withNewMetadata()
        .withName("pvc-" + claim.getMetadata().getUid())
        .addToAnnotations("pv.kubernetes.io/provisioned-by", "dory.storage/flex-provisioner")
        .addToFinalizers("dory.storage/volume")
        .endMetadata()
        .withNewSpec()
        .withStorageClassName(claim.getSpec().getStorageClassName())
        .withVolumeMode("Filesystem")
        .withPersistentVolumeReclaimPolicy("Delete")
        .addToCapacity("storage", claim.getSpec().getResources().getRequests().get("storage"))
        .withAccessModes(claim.getSpec().getAccessModes())
        .withNewClaimRef()
        .withApiVersion("v1")
        .withKind("PersistentVolumeClaim")
        .withNamespace(claim.getMetadata().getNamespace())
        .withName(claim.getMetadata().getName())
        .withUid(claim.getMetadata().getUid())
        .endClaimRef()
        .withNewFlexVolume()
        .withDriver("dory.storage/bench")
        .endFlexVolume()
        .endSpec()
        .build();
  }
}
