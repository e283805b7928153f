// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.podrun;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import storage.dory.provisioner.catalog.ContainerResources;
import storage.dory.provisioner.catalog.ProvisionerDefinition;
import storage.dory.provisioner.volume.Marks;

/** Makes the pod of an order and the Secret that belongs to it; see docs/architecture.md. */
public final class ProvisioningPod {
  /** The container whose ending is the pod's answer. */
  public static final String CONTAINER = "provision";

  /** Annotation with the name of the ConfigMap that the pod is made from. */
  public static final String CONFIG_MAP = "dory.storage/config-map";

  private static final String PROPERTIES = "/etc/provisioner/properties";
  private static final String ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";
  private static final String USUAL_SOCKETS = "/run/docker/plugins";
  private static final long LEAST_TOKEN_SECONDS = 600;
  private static final ContainerResources SMALL =
      new ContainerResources(Map.of("cpu", "10m", "memory", "32Mi"), Map.of("memory", "512Mi"));

  private final PodSettings settings;

  /** Makes pods for one cluster. */
  public ProvisioningPod(PodSettings settings) {
    this.settings = settings;
  }

  /** The pod: it is the record of the order and exists before anything is done. */
  public Pod pod(Order order) {
    Pod ours = ours(order);
    return order
        .definition()
        .podTemplate()
        .map(template -> PodTemplate.of(template).under(ours))
        .orElse(ours);
  }

  private Pod ours(Order order) {
    ProvisionerDefinition definition = order.definition();
    return new PodBuilder()
        .withMetadata(meta(order))
        .withNewSpec()
        .withRestartPolicy("Never")
        .withActiveDeadlineSeconds(definition.timeout().toSeconds())
        .withTerminationGracePeriodSeconds(5L)
        .withServiceAccountName(definition.serviceAccount())
        .withAutomountServiceAccountToken(false)
        .withEnableServiceLinks(false)
        .withNodeSelector(definition.placing().nodeSelector())
        .withTolerations(Tolerations.of(definition.placing()))
        .withAffinity(NodeChoice.of(order.whereabouts()).orElse(null))
        .withImagePullSecrets(
            definition.imagePullSecrets().stream().map(LocalObjectReference::new).toList())
        .withContainers(container(order))
        .withVolumes(volumes(order))
        .endSpec()
        .build();
  }

  /** The Secret with the properties; it goes when the pod goes. */
  public Secret secret(Order order, String podUid) {
    return new SecretBuilder()
        .withNewMetadata()
        .withName(order.secretName())
        .withNamespace(order.namespace())
        .withLabels(labels(order))
        .addNewOwnerReference()
        .withApiVersion("v1")
        .withKind("Pod")
        .withName(order.podName())
        .withUid(podUid)
        .endOwnerReference()
        .endMetadata()
        .withType("Opaque")
        .withStringData(properties(order).values())
        .build();
  }

  private PropertySet properties(Order order) {
    return PropertySet.of(order, settings.kubeApi());
  }

  private static ObjectMeta meta(Order order) {
    Map<String, String> annotations = new TreeMap<>();
    annotations.put(Marks.CLAIM, order.claim().toString());
    annotations.put(Marks.DEFINITION, RecordedOrder.of(order).text());
    annotations.put(Marks.INPUTS, order.inputs());
    annotations.put(Marks.SINCE, Integer.toString(order.since()));
    if (order.attempt() > 1 && !order.earlierRan()) {
      annotations.put(Marks.EARLIER, PodReader.NONE);
    }
    annotations.put(CONFIG_MAP, order.definition().source().name());
    return new ObjectMetaBuilder()
        .withName(order.podName())
        .withNamespace(order.namespace())
        .withLabels(labels(order))
        .withAnnotations(annotations)
        .withFinalizers(Marks.POD_FINALIZER)
        .build();
  }

  private static Map<String, String> labels(Order order) {
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put(Marks.MANAGED_BY, Marks.US);
    labels.put(Marks.REQUEST, order.claim().uid().value());
    labels.put(Marks.ACTION, order.action().word());
    labels.put(Marks.ATTEMPT, Integer.toString(order.attempt()));
    return labels;
  }

  private Container container(Order order) {
    return new ContainerBuilder()
        .withName(CONTAINER)
        .withImage(order.definition().image())
        .withImagePullPolicy("IfNotPresent")
        .withTerminationMessagePolicy("FallbackToLogsOnError")
        .withResources(resources(order.definition().resources()))
        .withEnv(environment(order))
        .withVolumeMounts(mounts(order))
        .withNewSecurityContext()
        .withAllowPrivilegeEscalation(false)
        .withNewCapabilities()
        .withDrop("ALL")
        .endCapabilities()
        .endSecurityContext()
        .build();
  }

  private List<EnvVar> environment(Order order) {
    List<EnvVar> environment = new ArrayList<>();
    PropertySet properties = properties(order);
    properties
        .variables()
        .forEach((variable, property) ->
            environment.add(
                properties
                    .plain(property)
                    .map(value -> new EnvVar(variable, value, null))
                    .orElseGet(() -> ofSecret(variable, property, order.secretName()))));
    environment.add(new EnvVar("SERVICE_TOKEN_FILE", PROPERTIES + "/" + PropertySet.TOKEN, null));
    environment.add(
        new EnvVarBuilder()
            .withName("NODE_NAME")
            .withNewValueFrom()
            .withNewFieldRef("v1", "spec.nodeName")
            .endValueFrom()
            .build());
    if (order.definition().dockerPlugin().isPresent()
        && !settings.pluginSockets().equals(USUAL_SOCKETS)) {
      environment.add(new EnvVar("DORY_PLUGIN_SOCKETS", settings.pluginSockets(), null));
    }
    return environment;
  }

  private static EnvVar ofSecret(String variable, String property, String secret) {
    return new EnvVarBuilder()
        .withName(variable)
        .withNewValueFrom()
        .withNewSecretKeyRef(property, secret, false)
        .endValueFrom()
        .build();
  }

  private List<VolumeMount> mounts(Order order) {
    List<VolumeMount> mounts = new ArrayList<>();
    mounts.add(mount("properties", PROPERTIES));
    mounts.add(mount("account", ACCOUNT));
    if (order.definition().dockerPlugin().isPresent()) {
      mounts.add(mount("plugin-sockets", settings.pluginSockets()));
    }
    return mounts;
  }

  private static VolumeMount mount(String name, String path) {
    return new VolumeMountBuilder().withName(name).withMountPath(path).withReadOnly(true).build();
  }

  private List<Volume> volumes(Order order) {
    Optional<String> literal = order.definition().serviceToken();
    long seconds = Math.max(LEAST_TOKEN_SECONDS, order.definition().timeout().toSeconds() + 120);
    List<Volume> volumes = new ArrayList<>();
    volumes.add(properties(order.secretName(), literal.isPresent(), seconds));
    volumes.add(account(order.secretName(), literal.isPresent(), seconds));
    if (order.definition().dockerPlugin().isPresent()) {
      volumes.add(
          new VolumeBuilder()
              .withName("plugin-sockets")
              .withNewHostPath(settings.pluginSockets(), "DirectoryOrCreate")
              .build());
    }
    return volumes;
  }

  private static Volume properties(String secret, boolean literal, long tokenSeconds) {
    var projected =
        new VolumeBuilder()
            .withName("properties")
            .withNewProjected()
            .addNewSource()
            .withNewSecret()
            .withName(secret)
            .endSecret()
            .endSource();
    if (!literal) {
      projected =
          projected
              .addNewSource()
              .withNewServiceAccountToken(null, tokenSeconds, PropertySet.TOKEN)
              .endSource();
    }
    return projected.endProjected().build();
  }

  private static Volume account(String secret, boolean literal, long tokenSeconds) {
    var projected = new VolumeBuilder().withName("account").withNewProjected();
    projected =
        literal
            ? projected
                .addNewSource()
                .withNewSecret()
                .withName(secret)
                .addNewItem(PropertySet.TOKEN, null, "token")
                .endSecret()
                .endSource()
            : projected
                .addNewSource()
                .withNewServiceAccountToken(null, tokenSeconds, "token")
                .endSource();
    return projected
        .addNewSource()
        .withNewConfigMap()
        .withName("kube-root-ca.crt")
        .withOptional(true)
        .addNewItem("ca.crt", null, "ca.crt")
        .endConfigMap()
        .endSource()
        .addNewSource()
        .withNewDownwardAPI()
        .addNewItem()
        .withPath("namespace")
        .withNewFieldRef("v1", "metadata.namespace")
        .endItem()
        .endDownwardAPI()
        .endSource()
        .endProjected()
        .build();
  }

  private static ResourceRequirements resources(ContainerResources wanted) {
    boolean none = wanted.requests().isEmpty() && wanted.limits().isEmpty();
    ContainerResources resources = none ? SMALL : wanted;
    return new ResourceRequirementsBuilder()
        .withRequests(quantities(resources.requests()))
        .withLimits(quantities(resources.limits()))
        .build();
  }

  private static Map<String, Quantity> quantities(Map<String, String> amounts) {
    Map<String, Quantity> quantities = new TreeMap<>();
    amounts.forEach((name, amount) -> quantities.put(name, new Quantity(amount)));
    return quantities;
  }
}
