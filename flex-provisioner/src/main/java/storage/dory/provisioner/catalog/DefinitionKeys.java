// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.catalog;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Every key that has a meaning to the provisioner. Any other key is a property of the class. */
public final class DefinitionKeys {
  /** Keys that start like this are ours; one that is not in the table is a mistake. */
  public static final String PREFIX = "provisioner.";

  static final DefinitionKey<String> PLUGIN_NAME =
      key(
          "plugin-name",
          "text",
          "dory.storage/flex-provisioner",
          "dory.storage/flex-provisioner",
          "Which provisioner the ConfigMap is for; kubernetes.io/flex-provisioner means the same."
              + " One that names another is ignored.",
          String::strip);
  static final DefinitionKey<String> IMAGE =
      required(
          "image",
          "image reference",
          "acme/provision:1.4",
          "Runs the provisioning pod.",
          ValueReaders::imageReference);
  static final DefinitionKey<String> SERVICE_ACCOUNT =
      required(
          "service-account-name",
          "name",
          "silver-provisioner",
          "The provisioning pod runs as it and creates the PersistentVolume with its token.",
          ValueReaders::objectName);
  static final DefinitionKey<String> SERVICE_TOKEN =
      optional(
          "service-token",
          "text",
          "eyJhbGciOi...",
          "A literal token, historical: handed on as the property service-token instead of the"
              + " pod's own short-lived one, which is to be preferred.",
          ValueReaders::token);
  static final DefinitionKey<Map<String, String>> NODE_SELECTOR =
      key(
          PREFIX + "node-selector",
          "label=value, comma-separated",
          "",
          "storage=fast,zone=a",
          "Labels of the nodes on which pods of this class may run.",
          ValueReaders::labels);
  static final DefinitionKey<List<TolerationRule>> TOLERATIONS =
      key(
          PREFIX + "tolerations",
          "YAML list of tolerations",
          "",
          "[{key: storage, operator: Exists, effect: NoSchedule}]",
          "Taints that pods of this class tolerate.",
          ValueReaders::tolerations);
  static final DefinitionKey<Duration> TIMEOUT =
      key(
          PREFIX + "timeout",
          "duration, 10s to 1h",
          "5m",
          "90s",
          "How long one pod may run; a pod that is not scheduled for as long is ended too.",
          text -> ValueReaders.duration(text, Duration.ofSeconds(10), Duration.ofHours(1)));
  static final DefinitionKey<Integer> ATTEMPTS =
      key(
          PREFIX + "attempts",
          "number, 1 to 100",
          "15",
          "5",
          "Pods started for one claim before it is left until something changes.",
          text -> ValueReaders.number(text, 1, 100));
  static final DefinitionKey<Integer> MAX_PODS =
      key(
          PREFIX + "max-pods",
          "number, 1 to 1000",
          "50",
          "10",
          "Pods of this ConfigMap that run at a time.",
          text -> ValueReaders.number(text, 1, 1000));
  static final DefinitionKey<ReclaimPolicy> RECLAIM_POLICY =
      key(
          PREFIX + "reclaim-policy",
          "Delete or Retain",
          "Delete",
          "Retain",
          "Of the StorageClass that is made.",
          text -> ValueReaders.oneOf(text, ReclaimPolicy.values(), ReclaimPolicy::text));
  static final DefinitionKey<BindingMode> BINDING_MODE =
      key(
          PREFIX + "volume-binding-mode",
          "Immediate or WaitForFirstConsumer",
          "Immediate",
          "WaitForFirstConsumer",
          "Of the StorageClass that is made.",
          text -> ValueReaders.oneOf(text, BindingMode.values(), BindingMode::text));
  static final DefinitionKey<List<AllowedTopology>> ALLOWED_TOPOLOGIES =
      key(
          PREFIX + "allowed-topologies",
          "YAML list, as in a StorageClass",
          "",
          "[{matchLabelExpressions: [{key: topology.kubernetes.io/zone, values: [a, b]}]}]",
          "Of the StorageClass that is made.",
          ValueReaders::topologies);
  static final DefinitionKey<Boolean> ALLOW_EXPANSION =
      key(
          PREFIX + "allow-volume-expansion",
          "true or false",
          "false",
          "true",
          "Of the StorageClass that is made.",
          ValueReaders::truth);
  static final DefinitionKey<Boolean> NODE_EXPANSION =
      key(
          PREFIX + "node-expansion",
          "true or false",
          "false",
          "true",
          "After a pod with action expand, whether kubelet has to grow the file system; false: the"
              + " pod has done everything.",
          ValueReaders::truth);
  static final DefinitionKey<List<DataSourceKind>> DATA_SOURCES =
      key(
          PREFIX + "data-sources",
          "claim, snapshot, comma-separated",
          "",
          "claim,snapshot",
          "What the image can fill a new volume from; a claim whose dataSource is another is"
              + " refused.",
          ValueReaders::dataSources);
  static final DefinitionKey<List<String>> CLAIM_PROPERTIES =
      key(
          PREFIX + "claim-properties",
          "names of properties, comma-separated",
          "",
          "tier,snapshot-policy",
          "Properties that a claim may set, over the class's, by its annotations"
              + " `dory.storage/<property>`.",
          ValueReaders::claimProperties);
  static final DefinitionKey<String> POD_TEMPLATE =
      optional(
          PREFIX + "pod-template",
          "YAML with metadata and spec, at most 32 KiB",
          "{spec: {securityContext: {runAsUser: 1000}}}",
          "Merged under what the provisioner sets in the provisioning pod; what it may say is in"
              + " [provisioning-pod.md](provisioning-pod.md).",
          ValueReaders::podTemplate);
  static final DefinitionKey<List<String>> PULL_SECRETS =
      key(
          PREFIX + "image-pull-secrets",
          "names, comma-separated",
          "",
          "registry-login",
          "Secrets in the ConfigMap's namespace with which the images are pulled.",
          ValueReaders::names);
  static final DefinitionKey<ContainerResources> RESOURCES =
      key(
          PREFIX + "resources",
          "YAML with requests and limits",
          "{requests: {cpu: 10m, memory: 32Mi}, limits: {memory: 512Mi}}",
          "{limits: {memory: 256Mi}}",
          "Resources of the provisioning container.",
          ValueReaders::resources);
  static final DefinitionKey<String> DOCKER_PLUGIN =
      optional(
          PREFIX + "docker-plugin",
          "name of a Docker Volume Plugin",
          "rclone",
          "The plugin whose volumes are made: its socket directory is mounted into the pod.",
          ValueReaders::pluginName);
  static final DefinitionKey<String> VCS_IMAGE =
      optional(
          PREFIX + "vcs-image",
          "image reference",
          "dory/rclone-plugin:0.1.0",
          "The volume client that serves the plugin, run on every node. Needs "
              + PREFIX
              + "docker-plugin.",
          ValueReaders::imageReference);
  static final DefinitionKey<String> VCS_SECRET =
      optional(
          PREFIX + "vcs-secret",
          "name of a Secret",
          "rclone-remotes",
          "Mounted into the volume client at /etc/vcs. Needs " + PREFIX + "vcs-image.",
          ValueReaders::objectName);
  static final DefinitionKey<String> VCS_LIVENESS =
      optional(
          PREFIX + "vcs-liveness",
          "path of a program",
          "/opt/dory/alive",
          "A program in the volume client's image that succeeds while the plugin answers. Run every"
              + " 20 s; when it has failed or taken longer than 15 s for 3 minutes, kubelet restarts"
              + " the volume client. Needs "
              + PREFIX
              + "vcs-image.",
          ValueReaders::programPath);
  static final DefinitionKey<String> FS_TYPE =
      optional(
          PREFIX + "fs-type",
          "file system",
          "ext4",
          "Handed to the pod as the property fs-type.",
          ValueReaders::fileSystem);

  private DefinitionKeys() {}

  /** All keys in the order in which they are documented. */
  public static List<DefinitionKey<?>> all() {
    return List.of(
        PLUGIN_NAME,
        IMAGE,
        SERVICE_ACCOUNT,
        SERVICE_TOKEN,
        NODE_SELECTOR,
        TOLERATIONS,
        TIMEOUT,
        ATTEMPTS,
        MAX_PODS,
        RECLAIM_POLICY,
        BINDING_MODE,
        ALLOWED_TOPOLOGIES,
        ALLOW_EXPANSION,
        NODE_EXPANSION,
        DATA_SOURCES,
        CLAIM_PROPERTIES,
        POD_TEMPLATE,
        PULL_SECRETS,
        RESOURCES,
        DOCKER_PLUGIN,
        VCS_IMAGE,
        VCS_SECRET,
        VCS_LIVENESS,
        FS_TYPE);
  }

  private static <T> DefinitionKey<T> key(
      String name,
      String type,
      String text,
      String example,
      String description,
      java.util.function.Function<String, T> reader) {
    return new DefinitionKey<>(name, type, Optional.of(text), example, description, reader);
  }

  private static <T> DefinitionKey<T> required(
      String name,
      String type,
      String example,
      String description,
      java.util.function.Function<String, T> reader) {
    return new DefinitionKey<>(
        name, type + ", required", Optional.empty(), example, description, reader);
  }

  private static <T> DefinitionKey<T> optional(
      String name,
      String type,
      String example,
      String description,
      java.util.function.Function<String, T> reader) {
    return new DefinitionKey<>(name, type, Optional.empty(), example, description, reader);
  }
}
