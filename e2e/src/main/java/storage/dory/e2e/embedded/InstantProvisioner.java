// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.embedded;

import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A provisioning pod that costs nothing, for benchmarks of the provisioner alone: makes the
 * PersistentVolume of the request, without a volume behind it.
 */
final class InstantProvisioner {
  private static final String PROPERTIES = "/etc/provisioner/properties";

  private final KubernetesClient client;

  InstantProvisioner(KubernetesClient client) {
    this.client = client;
  }

  /** Carries out the request of a pod. */
  void carryOut(Pod pod, Map<String, Path> volumes) throws IOException {
    String mounted =
        pod.getSpec().getContainers().getFirst().getVolumeMounts().stream()
            .filter(mount -> mount.getMountPath().equals(PROPERTIES))
            .map(mount -> mount.getName())
            .findFirst()
            .orElseThrow(() -> new IOException("the pod has no " + PROPERTIES));
    Path properties = volumes.getOrDefault(mounted, Path.of(PROPERTIES));
    if (!read(properties, "action").equals("provision")) {
      return;
    }
    String name = read(properties, "pv-name");
    client
        .resource(
            new PersistentVolumeBuilder()
                .withNewMetadata()
                .withName(name)
                .addToAnnotations(
                    "pv.kubernetes.io/provisioned-by", "dory.storage/flex-provisioner")
                .addToFinalizers("dory.storage/volume")
                .endMetadata()
                .withNewSpec()
                .withStorageClassName(read(properties, "storage-class"))
                .withVolumeMode("Filesystem")
                .withPersistentVolumeReclaimPolicy(read(properties, "reclaim-policy"))
                .addToCapacity("storage", new Quantity(read(properties, "size")))
                .withAccessModes(List.of(read(properties, "access-modes").split(",", -1)))
                .withNewClaimRef()
                .withApiVersion("v1")
                .withKind("PersistentVolumeClaim")
                .withNamespace(read(properties, "pvc-namespace"))
                .withName(read(properties, "pvc-name"))
                .withUid(read(properties, "pvc-uid"))
                .endClaimRef()
                .withNewFlexVolume()
                .withDriver("dory.storage/" + read(properties, "docker-plugin"))
                .addToOptions("name", name)
                .endFlexVolume()
                .endSpec()
                .build())
        .create();
  }

  private static String read(Path properties, String name) throws IOException {
    return Files.readString(properties.resolve(name), StandardCharsets.UTF_8).strip();
  }
}
