// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.podrun;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import storage.dory.provisioner.catalog.ProvisionerDefinition;
import storage.dory.provisioner.catalog.VolumeClientImage;
import storage.dory.provisioner.volume.Marks;

/**
 * Makes the DaemonSet that runs the volume client of a definition on every node. It belongs to
 * nothing: deleting a ConfigMap must not take mounts from under running pods.
 */
public final class VolumeClientSet {
  /** The container that serves the plugin. */
  public static final String CONTAINER = "volume-client";

  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();

  private final PodSettings settings;

  /** Makes volume clients for one cluster. */
  public VolumeClientSet(PodSettings settings) {
    this.settings = settings;
  }

  /** Name of the DaemonSet of a plugin. */
  public static String name(String plugin) {
    return "vcs-" + plugin;
  }

  /** The DaemonSet; empty when the definition brings no volume client. */
  public Optional<DaemonSet> of(ProvisionerDefinition definition) {
    if (definition.volumeClient().isEmpty() || definition.dockerPlugin().isEmpty()) {
      return Optional.empty();
    }
    DaemonSet set =
        build(definition, definition.volumeClient().get(), definition.dockerPlugin().get());
    return Optional.of(
        new DaemonSetBuilder(set)
            .editMetadata()
            .addToAnnotations(Marks.TEMPLATE, hash(set.getSpec().getTemplate()))
            .endMetadata()
            .build());
  }

  /**
   * Whether two sets were last made, or changed, from the same template of ours, whatever somebody
   * else has changed since. One that does not say so was made by an earlier version.
   */
  public static boolean sameTemplate(DaemonSet one, DaemonSet other) {
    return template(one).isPresent() && template(one).equals(template(other));
  }

  /** A set with the template of another. All else of it stays, its version too. */
  public static DaemonSet changed(DaemonSet found, DaemonSet wanted) {
    return new DaemonSetBuilder(found)
        .editMetadata()
        .addToAnnotations(Marks.TEMPLATE, template(wanted).orElseThrow())
        .endMetadata()
        .editSpec()
        .withTemplate(wanted.getSpec().getTemplate())
        .endSpec()
        .build();
  }

  private static Optional<String> template(DaemonSet set) {
    return Optional.ofNullable(set.getMetadata().getAnnotations())
        .map(annotations -> annotations.get(Marks.TEMPLATE));
  }

  private static String hash(PodTemplateSpec template) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(JSON.writeValueAsBytes(template)));
    } catch (NoSuchAlgorithmException | JsonProcessingException e) {
      throw new IllegalStateException("every Java has SHA-256, and a model is JSON", e);
    }
  }

  private DaemonSet build(
      ProvisionerDefinition definition, VolumeClientImage client, String plugin) {
    Map<String, String> labels =
        Map.of(Marks.MANAGED_BY, Marks.US, "dory.storage/volume-client", plugin);
    return new DaemonSetBuilder()
        .withNewMetadata()
        .withName(name(plugin))
        .withNamespace(definition.source().namespace())
        .withLabels(labels)
        .endMetadata()
        .withNewSpec()
        .withNewSelector()
        .withMatchLabels(labels)
        .endSelector()
        .withNewUpdateStrategy()
        .withType("OnDelete")
        .endUpdateStrategy()
        .withNewTemplate()
        .withNewMetadata()
        .withLabels(labels)
        .endMetadata()
        .withNewSpec()
        .withHostNetwork(true)
        .withDnsPolicy("ClusterFirstWithHostNet")
        .withPriorityClassName("system-node-critical")
        .withServiceAccountName(definition.serviceAccount())
        .withAutomountServiceAccountToken(false)
        .withEnableServiceLinks(false)
        .withNodeSelector(definition.placing().nodeSelector())
        .withTolerations(Tolerations.of(definition.placing()))
        .withImagePullSecrets(
            definition.imagePullSecrets().stream().map(LocalObjectReference::new).toList())
        .withContainers(container(client, plugin))
        .withVolumes(volumes(client))
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  private Container container(VolumeClientImage client, String plugin) {
    return new ContainerBuilder()
        .withName(CONTAINER)
        .withImage(client.image())
        .withImagePullPolicy("IfNotPresent")
        .withEnv(
            new EnvVar("DORY_PLUGIN_NAME", plugin, null),
            new EnvVar(
                "DORY_PLUGIN_SOCKET", settings.pluginSockets() + "/" + plugin + ".sock", null),
            new EnvVar("DORY_VOLUMES", settings.volumesDir() + "/" + plugin, null),
            new EnvVar("DORY_STATE", settings.stateDir() + "/" + plugin, null))
        .withVolumeMounts(mounts(client))
        .withLivenessProbe(client.liveness().map(VolumeClientSet::probe).orElse(null))
        .withNewSecurityContext()
        .withPrivileged(true)
        .endSecurityContext()
        .build();
  }

  /** A restart ends every mount it serves, so it must be sure: no single slow call may cause it. */
  private static Probe probe(String program) {
    return new ProbeBuilder()
        .withNewExec()
        .withCommand(program)
        .endExec()
        .withPeriodSeconds(20)
        .withTimeoutSeconds(15)
        .withFailureThreshold(9)
        .build();
  }

  private List<VolumeMount> mounts(VolumeClientImage client) {
    List<VolumeMount> mounts = new ArrayList<>();
    mounts.add(mount("plugin-sockets", settings.pluginSockets()).build());
    mounts.add(
        mount("volumes", settings.volumesDir()).withMountPropagation("Bidirectional").build());
    mounts.add(mount("state", settings.stateDir()).build());
    if (client.secret().isPresent()) {
      mounts.add(mount("configuration", "/etc/vcs").withReadOnly(true).build());
    }
    return mounts;
  }

  private List<Volume> volumes(VolumeClientImage client) {
    List<Volume> volumes = new ArrayList<>();
    volumes.add(host("plugin-sockets", settings.pluginSockets()));
    volumes.add(host("volumes", settings.volumesDir()));
    volumes.add(host("state", settings.stateDir()));
    client
        .secret()
        .ifPresent(secret ->
            volumes.add(
                new VolumeBuilder()
                    .withName("configuration")
                    .withNewSecret()
                    .withSecretName(secret)
                    .endSecret()
                    .build()));
    return volumes;
  }

  private static Volume host(String name, String path) {
    return new VolumeBuilder().withName(name).withNewHostPath(path, "DirectoryOrCreate").build();
  }

  private static VolumeMountBuilder mount(String name, String path) {
    return new VolumeMountBuilder().withName(name).withMountPath(path);
  }
}
