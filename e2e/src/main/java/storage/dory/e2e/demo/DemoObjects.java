// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.demo;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;

/** What an administrator and a user write in the demo. */
record DemoObjects(String namespace) {
  static final String SYSTEM = "dory-system";
  static final String CLASS = "local";
  static final String CLAIM = "dory-demo";
  static final String KIT_IMAGE = "dory/docker-plugin-provisioner:0.1.0";
  static final String SHELL_IMAGE = "dory/local-plugin:0.1.0";

  /** The one ConfigMap. */
  static ConfigMap provisioner() {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withNamespace(SYSTEM)
        .withName(CLASS)
        .addToLabels("type", "provisioner-config")
        .addToLabels("storage-class", CLASS)
        .endMetadata()
        .withData(
            Map.of(
                "image", KIT_IMAGE,
                "service-account-name", "local-provisioner",
                "provisioner.docker-plugin", "local"))
        .build();
  }

  PersistentVolumeClaim claim() {
    return new PersistentVolumeClaimBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(CLAIM)
        .endMetadata()
        .withNewSpec()
        .withStorageClassName(CLASS)
        .withAccessModes("ReadWriteOnce")
        .withNewResources()
        .addToRequests("storage", new Quantity("16Mi"))
        .endResources()
        .endSpec()
        .build();
  }

  /** Writes 1 MiB of chance into the volume, prints its checksum, and stays. */
  Pod writer() {
    return pod(
        "dory-demo-writer",
        "head -c 1048576 /dev/urandom >\"$1/blob\" && sha256sum <\"$1/blob\" && exec sleep 600");
  }

  /** Prints the checksum of what the volume holds, and stays. */
  Pod reader() {
    return pod("dory-demo-reader", "sha256sum <\"$1/blob\" && exec sleep 600");
  }

  private Pod pod(String name, String shell) {
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(name)
        .endMetadata()
        .withNewSpec()
        .withRestartPolicy("Never")
        .withTerminationGracePeriodSeconds(1L)
        .withAutomountServiceAccountToken(false)
        .addNewContainer()
        .withName("shell")
        .withImage(SHELL_IMAGE)
        .withImagePullPolicy("IfNotPresent")
        .withCommand("sh", "-c", shell, "sh", "/data")
        .addNewVolumeMount()
        .withName("data")
        .withMountPath("/data")
        .endVolumeMount()
        .endContainer()
        .addNewVolume()
        .withName("data")
        .withNewPersistentVolumeClaim()
        .withClaimName(CLAIM)
        .endPersistentVolumeClaim()
        .endVolume()
        .endSpec()
        .build();
  }
}
