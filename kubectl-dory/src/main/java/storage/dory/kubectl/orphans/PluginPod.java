// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.orphans;

import io.fabric8.kubernetes.api.model.AffinityBuilder;
import io.fabric8.kubernetes.api.model.DownwardAPIVolumeFile;
import io.fabric8.kubernetes.api.model.DownwardAPIVolumeFileBuilder;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import storage.dory.provisioner.catalog.ProvisionerDefinition;

/**
 * The pod that asks a class's image about its volumes; docs/reference/provisioning-pod.md. Its
 * properties come from the ConfigMap itself and from the pod's annotations, so that nothing but the
 * pod has to be made and removed.
 *
 * @param sockets directory of plugin sockets on nodes
 */
public record PluginPod(ProvisionerDefinition definition, String sockets) {
  /** Label of such pods; the provisioner does not look at them. */
  public static final String LABEL = "dory.storage/asked-by";

  /** Its value. */
  public static final String US = "kubectl-dory";

  private static final String PROPERTY = "dory.storage/property-";
  private static final long DEADLINE_SECONDS = 60;
  private static final long TOKEN_SECONDS = 600;

  /** Asks for all volumes. */
  public Pod list(String name, String node) {
    return pod(name, node, Map.of("action", "list"));
  }

  /** Has a volume removed. */
  public Pod delete(String name, String node, String volume) {
    return pod(name, node, Map.of("action", "delete", "pv-name", volume));
  }

  private Pod pod(String name, String node, Map<String, String> asked) {
    Map<String, String> properties = new TreeMap<>(asked);
    properties.put("storage-class", definition.storageClass());
    definition.dockerPlugin().ifPresent(plugin -> properties.put("docker-plugin", plugin));
    Map<String, String> annotations = new TreeMap<>();
    properties.forEach((property, value) -> annotations.put(PROPERTY + property, value));
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace(definition.source().namespace())
        .withName(name)
        .addToLabels(LABEL, US)
        .withAnnotations(annotations)
        .endMetadata()
        .withNewSpec()
        .withRestartPolicy("Never")
        .withActiveDeadlineSeconds(DEADLINE_SECONDS)
        .withTerminationGracePeriodSeconds(5L)
        .withServiceAccountName(definition.serviceAccount())
        .withAutomountServiceAccountToken(false)
        .withEnableServiceLinks(false)
        .withImagePullSecrets(
            definition.imagePullSecrets().stream().map(LocalObjectReference::new).toList())
        .withTolerations(
            definition.placing().tolerations().stream()
                .map(rule ->
                    new TolerationBuilder()
                        .withKey(rule.key())
                        .withOperator(rule.operator())
                        .withValue(rule.value())
                        .withEffect(rule.effect())
                        .withTolerationSeconds(rule.tolerationSeconds())
                        .build())
                .toList())
        .withAffinity(
            new AffinityBuilder()
                .withNewNodeAffinity()
                .withNewRequiredDuringSchedulingIgnoredDuringExecution()
                .addNewNodeSelectorTerm()
                .withMatchFields(new NodeSelectorRequirement("metadata.name", "In", List.of(node)))
                .endNodeSelectorTerm()
                .endRequiredDuringSchedulingIgnoredDuringExecution()
                .endNodeAffinity()
                .build())
        .addNewContainer()
        .withName("list")
        .withImage(definition.image())
        .withImagePullPolicy("IfNotPresent")
        .withTerminationMessagePolicy("FallbackToLogsOnError")
        .addNewEnv()
        .withName("NODE_NAME")
        .withNewValueFrom()
        .withNewFieldRef("v1", "spec.nodeName")
        .endValueFrom()
        .endEnv()
        .addNewEnv()
        .withName("ACTION")
        .withValue(asked.get("action"))
        .endEnv()
        .addNewEnv()
        .withName("SERVICE_TOKEN_FILE")
        .withValue("/etc/provisioner/properties/service-token")
        .endEnv()
        .withNewResources()
        .withRequests(Map.of("cpu", new Quantity("10m"), "memory", new Quantity("32Mi")))
        .withLimits(Map.of("memory", new Quantity("512Mi")))
        .endResources()
        .withVolumeMounts(mounts())
        .withNewSecurityContext()
        .withAllowPrivilegeEscalation(false)
        .withNewCapabilities()
        .withDrop("ALL")
        .endCapabilities()
        .endSecurityContext()
        .endContainer()
        .withVolumes(volumes(properties))
        .endSpec()
        .build();
  }

  private List<VolumeMount> mounts() {
    List<VolumeMount> mounts = new ArrayList<>();
    mounts.add(mount("properties", "/etc/provisioner/properties"));
    if (definition.dockerPlugin().isPresent()) {
      mounts.add(mount("plugin-sockets", sockets));
    }
    return mounts;
  }

  private static VolumeMount mount(String name, String path) {
    return new VolumeMountBuilder().withName(name).withMountPath(path).withReadOnly(true).build();
  }

  private List<Volume> volumes(Map<String, String> properties) {
    List<DownwardAPIVolumeFile> files = new ArrayList<>();
    properties
        .keySet()
        .forEach(property ->
            files.add(
                new DownwardAPIVolumeFileBuilder()
                    .withPath(property)
                    .withNewFieldRef("v1", "metadata.annotations['" + PROPERTY + property + "']")
                    .build()));
    var projected =
        new VolumeBuilder()
            .withName("properties")
            .withNewProjected()
            .addNewSource()
            .withNewConfigMap()
            .withName(definition.source().name())
            .endConfigMap()
            .endSource()
            .addNewSource()
            .withNewDownwardAPI()
            .withItems(files)
            .endDownwardAPI()
            .endSource();
    if (definition.serviceToken().isEmpty()) {
      projected =
          projected
              .addNewSource()
              .withNewServiceAccountToken(null, TOKEN_SECONDS, "service-token")
              .endSource();
    }
    List<Volume> volumes = new ArrayList<>();
    volumes.add(projected.endProjected().build());
    if (definition.dockerPlugin().isPresent()) {
      volumes.add(
          new VolumeBuilder()
              .withName("plugin-sockets")
              .withNewHostPath(sockets, "DirectoryOrCreate")
              .build());
    }
    return volumes;
  }
}
