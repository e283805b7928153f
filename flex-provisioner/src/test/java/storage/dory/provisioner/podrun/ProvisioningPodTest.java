// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.podrun;

import static org.assertj.core.api.Assertions.assertThat;
import static storage.dory.provisioner.fakes.Samples.CLAIM;
import static storage.dory.provisioner.fakes.Samples.UID;
import static storage.dory.provisioner.fakes.Samples.definition;
import static storage.dory.provisioner.fakes.Samples.order;
import static storage.dory.provisioner.fakes.Samples.pods;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import storage.dory.provisioner.catalog.ProvisionerDefinition;
import storage.dory.provisioner.identity.Filer;
import storage.dory.provisioner.volume.Marks;

class ProvisioningPodTest {

  @Test
  void podIsTheRecordOfTheRequest() {
    Order order = order(Action.PROVISION, 2, definition(Map.of("password", "p")));
    Pod pod = pods().pod(order);

    assertThat(pod.getMetadata().getName()).isEqualTo("dory-provision-" + UID + "-2");
    assertThat(pod.getMetadata().getNamespace()).isEqualTo("dory-system");
    assertThat(pod.getMetadata().getFinalizers()).containsExactly("dory.storage/request");
    assertThat(pod.getMetadata().getLabels())
        .containsEntry("dory.storage/request", UID.value())
        .containsEntry("dory.storage/action", "provision")
        .containsEntry("dory.storage/attempt", "2")
        .containsEntry("app.kubernetes.io/managed-by", "dory-flex-provisioner");
    assertThat(pod.getMetadata().getAnnotations())
        .containsEntry("dory.storage/claim", "users/data")
        .containsEntry("dory.storage/inputs", "inputs");
    RecordedOrder record =
        RecordedOrder.read(pod.getMetadata().getAnnotations().getOrDefault(Marks.DEFINITION, ""))
            .orElseThrow();
    assertThat(record.claim()).isEqualTo(CLAIM);
    assertThat(record.wish()).isEqualTo(order.wish());
    assertThat(record.definition(Optional.empty()).properties())
        .isEqualTo(order.definition().properties());
    assertThat(record.definition(Optional.empty()).image()).isEqualTo(order.definition().image());
  }

  @Test
  void podHasADeadlineAndNoRightsItDoesNotNeed() {
    Pod pod =
        pods().pod(order(Action.PROVISION, 1, definition(Map.of("provisioner.timeout", "90s"))));
    Container container = pod.getSpec().getContainers().getFirst();

    assertThat(pod.getSpec().getRestartPolicy()).isEqualTo("Never");
    assertThat(pod.getSpec().getActiveDeadlineSeconds()).isEqualTo(90);
    assertThat(pod.getSpec().getTerminationGracePeriodSeconds()).isEqualTo(5);
    assertThat(pod.getSpec().getServiceAccountName()).isEqualTo("silver");
    assertThat(pod.getSpec().getAutomountServiceAccountToken()).isFalse();
    assertThat(container.getName()).isEqualTo("provision");
    assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
    assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
    assertThat(container.getTerminationMessagePolicy()).isEqualTo("FallbackToLogsOnError");
    assertThat(pod.getSpec().getVolumes()).noneMatch(volume -> volume.getHostPath() != null);
  }

  @Test
  void propertiesAreInTheSecretAndTheEnvironmentPointsThere() {
    Order order = order(Action.PROVISION, 1, definition(Map.of("use-nfs.server", "n1")));
    Secret secret = pods().secret(order, "u1");
    Container container = pods().pod(order).getSpec().getContainers().getFirst();

    assertThat(secret.getMetadata().getName()).isEqualTo(order.podName());
    assertThat(secret.getMetadata().getOwnerReferences().getFirst().getUid()).isEqualTo("u1");
    assertThat(secret.getStringData())
        .containsEntry("action", "provision")
        .containsEntry("pv-name", "pvc-" + UID)
        .containsEntry("size", "10485760")
        .containsEntry("access-modes", "ReadWriteOnce")
        .containsEntry("storage-class", "silver")
        .containsEntry("kube-api", "https://api")
        .containsEntry("use-nfs.server", "n1")
        .doesNotContainKey("service-token");
    assertThat(variable(container, "USE_NFS_SERVER").getValueFrom().getSecretKeyRef().getKey())
        .isEqualTo("use-nfs.server");
    assertThat(variable(container, "USE_NFS_SERVER").getValueFrom().getSecretKeyRef().getName())
        .isEqualTo(order.podName());
    assertThat(variable(container, "PV_NAME").getValue()).isEqualTo("pvc-" + UID);
    assertThat(variable(container, "SERVICE_TOKEN_FILE").getValue())
        .isEqualTo("/etc/provisioner/properties/service-token");
    assertThat(container.getEnv()).noneMatch(v -> v.getName().equals("SERVICE_TOKEN"));
  }

  @Test
  void dangerousOrAmbiguousNamesAreFilesOnly() {
    Order order =
        order(
            Action.PROVISION,
            1,
            definition(
                Map.of(
                    "ld-preload", "/x.so",
                    "path", "/x",
                    "a-b", "1",
                    "a.b", "2",
                    "pv.name", "x",
                    "9lives", "x",
                    "long", "x".repeat(101_000))));
    Container container = pods().pod(order).getSpec().getContainers().getFirst();

    assertThat(pods().secret(order, "u").getStringData())
        .containsKeys("ld-preload", "path", "a-b", "a.b", "pv.name", "9lives", "long");
    assertThat(container.getEnv().stream().map(EnvVar::getName))
        .doesNotContain("LD_PRELOAD", "PATH", "A_B", "9LIVES", "LONG")
        .containsOnlyOnce("PV_NAME");
    assertThat(variable(container, "PV_NAME").getValue()).isEqualTo("pvc-" + UID);
  }

  @Test
  void classNeverOverridesAPropertyOfTheRequest() {
    Order order =
        order(
            Action.DELETE,
            1,
            definition(Map.of()).withProperties(Map.of("action", "x", "pv-name", "pvc-other")));

    assertThat(pods().secret(order, "u").getStringData())
        .containsEntry("action", "delete")
        .containsEntry("pv-name", "pvc-" + UID);
  }

  @Test
  void tokenIsThePodsOwnUnlessTheConfigMapGivesOne() {
    Order own = order(Action.PROVISION, 1, definition(Map.of()));
    Order literal = order(Action.PROVISION, 1, definition(Map.of("service-token", "abc")));

    assertThat(projections(own, "properties"))
        .anyMatch(p ->
            p.getServiceAccountToken() != null
                && p.getServiceAccountToken().getPath().equals("service-token")
                && p.getServiceAccountToken().getExpirationSeconds() >= 600);
    assertThat(projections(literal, "properties"))
        .noneMatch(p -> p.getServiceAccountToken() != null);
    assertThat(pods().secret(literal, "u").getStringData()).containsEntry("service-token", "abc");
    assertThat(pods().pod(literal).toString()).doesNotContain("abc\"");
    assertThat(pods().pod(literal).getMetadata().getAnnotations().get(Marks.DEFINITION))
        .doesNotContain("abc");
  }

  @Test
  void tokensOutliveThePodsDeadlineByTwoMinutesAndAreForTheApiServerOnly() {
    for (String volume : List.of("properties", "account")) {
      for (var expected : Map.of("10s", 600L, "480s", 600L, "10m", 720L, "1h", 3720L).entrySet()) {
        Order order =
            order(
                Action.PROVISION, 1, definition(Map.of("provisioner.timeout", expected.getKey())));
        assertThat(projections(order, volume))
            .filteredOn(p -> p.getServiceAccountToken() != null)
            .singleElement()
            .satisfies(p -> {
              assertThat(p.getServiceAccountToken().getExpirationSeconds())
                  .as("%s with a deadline of %s", volume, expected.getKey())
                  .isEqualTo(expected.getValue());
              assertThat(p.getServiceAccountToken().getAudience()).isNull();
            });
      }
    }
  }

  @Test
  void pluginSocketsAreMountedOnlyForADockerPluginAndReadOnly() {
    Pod pod =
        pods()
            .pod(
                order(
                    Action.PROVISION,
                    1,
                    definition(Map.of("provisioner.docker-plugin", "rclone"))));

    assertThat(volume(pod, "plugin-sockets").getHostPath().getPath())
        .isEqualTo("/run/docker/plugins");
    assertThat(pod.getSpec().getContainers().getFirst().getVolumeMounts())
        .anyMatch(m ->
            m.getMountPath().equals("/run/docker/plugins") && Boolean.TRUE.equals(m.getReadOnly()));
  }

  @Test
  void whoFiledTheClaimIsHandedOnAsFilesAndVariablesAndStaysOnRecord() {
    Filer ann = new Filer("ann", List.of("staff", "a,b"));
    Order order = order(Action.PROVISION, 1, definition(Map.of())).filedBy(Optional.of(ann));

    Pod pod = pods().pod(order);

    assertThat(pods().secret(order, "uid").getStringData())
        .containsEntry("username", "ann")
        .containsEntry("groups", "[\"staff\",\"a,b\"]");
    assertThat(pod.getSpec().getContainers().getFirst().getEnv())
        .extracting(EnvVar::getName)
        .contains("USERNAME", "GROUPS");
    RecordedOrder record =
        RecordedOrder.read(pod.getMetadata().getAnnotations().getOrDefault(Marks.DEFINITION, ""))
            .orElseThrow();
    assertThat(record.filer()).contains(ann);
  }

  @Test
  void whoFiledTheClaimIsAbsentWhenItIsNotKnown() {
    Order order = order(Action.PROVISION, 1, definition(Map.of()));

    assertThat(pods().secret(order, "uid").getStringData())
        .doesNotContainKeys("username", "groups");
    assertThat(pods().pod(order).getSpec().getContainers().getFirst().getEnv())
        .extracting(EnvVar::getName)
        .doesNotContain("USERNAME", "GROUPS");
  }

  @Test
  void templateIsMergedUnderWhatWeSet() {
    String template =
        """
        metadata: {labels: {team: storage}, annotations: {example.com/a: b}}
        spec:
          priorityClassName: low
          securityContext: {runAsUser: 1000}
          volumes: [{name: ca, configMap: {name: array-ca}}]
          containers:
          - name: provision
            args: [--verbose]
            env: [{name: MODE, value: fast}, {name: PV_NAME, value: stolen}, {name: NODE_NAME, value: stolen}]
            volumeMounts: [{name: ca, mountPath: /etc/ca}]
            securityContext: {runAsGroup: 7, capabilities: {add: [CHOWN]}}
        """;
    Pod pod =
        pods()
            .pod(
                order(
                    Action.PROVISION, 1, definition(Map.of("provisioner.pod-template", template))));
    Pod plain = pods().pod(order(Action.PROVISION, 1, definition(Map.of())));
    Container container = pod.getSpec().getContainers().getFirst();
    Container bare = plain.getSpec().getContainers().getFirst();

    assertThat(pod.getMetadata().getLabels())
        .containsEntry("team", "storage")
        .containsAllEntriesOf(plain.getMetadata().getLabels());
    assertThat(pod.getMetadata().getAnnotations()).containsEntry("example.com/a", "b");
    assertThat(pod.getSpec().getSecurityContext().getRunAsUser()).isEqualTo(1000);
    assertThat(pod.getSpec().getPriorityClassName()).isEqualTo("low");
    assertThat(pod.getSpec().getVolumes()).containsAll(plain.getSpec().getVolumes()).hasSize(3);
    assertThat(pod.getSpec().getServiceAccountName()).isEqualTo("silver");
    assertThat(pod.getSpec().getContainers()).hasSize(1);
    assertThat(container.getImage()).isEqualTo(bare.getImage());
    assertThat(container.getArgs()).containsExactly("--verbose");
    assertThat(container.getEnv()).containsAll(bare.getEnv()).hasSize(bare.getEnv().size() + 1);
    assertThat(container.getVolumeMounts()).containsAll(bare.getVolumeMounts()).hasSize(3);
    assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
    assertThat(container.getSecurityContext().getPrivileged()).isNull();
    assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
    assertThat(container.getSecurityContext().getCapabilities().getAdd()).containsExactly("CHOWN");
    assertThat(container.getSecurityContext().getRunAsGroup()).isEqualTo(7);
  }

  @Test
  void privilegedTemplateOfARecordIsNotFollowed() {
    String template = "{spec: {hostPID: true}}";
    var given = definition(Map.of());
    var privileged =
        new ProvisionerDefinition(
            given.source(),
            given.storageClass(),
            given.image(),
            given.serviceAccount(),
            given.serviceToken(),
            given.placing(),
            given.timeout(),
            given.attempts(),
            given.maxPods(),
            given.reclaimPolicy(),
            given.bindingMode(),
            given.allowExpansion(),
            given.imagePullSecrets(),
            given.resources(),
            given.dockerPlugin(),
            given.volumeClient(),
            given.fsType(),
            given.terms(),
            Optional.of(template),
            given.allowedTopologies(),
            given.properties());
    Order order = order(Action.PROVISION, 1, privileged);
    assertThat(pods().pod(order).getSpec().getHostPID()).isTrue();

    RecordedOrder record = RecordedOrder.read(RecordedOrder.of(order).text()).orElseThrow();

    assertThat(record.definition(Optional.empty()).podTemplate()).isEmpty();
  }

  @Test
  void awkwardValuesAreNeverExpandedAndReachTheFilesUnchanged() {
    Map<String, String> awkward =
        Map.of(
            "dollar", "$(PV_NAME) ${HOME} `id`",
            "lines", "a\nb\r\n\"c\" 'd'",
            "empty", "",
            "unicode", "\u00fc\u20ac\ud83d\ude00",
            "LD_PRELOAD", "/evil.so",
            "large", "\u20ac".repeat(34_000),
            "dotted.name", "x");
    Order order = order(Action.PROVISION, 1, definition(awkward));

    assertThat(pods().secret(order, "uid").getStringData()).containsAllEntriesOf(awkward);
    List<EnvVar> environment = pods().pod(order).getSpec().getContainers().getFirst().getEnv();
    assertThat(environment)
        .filteredOn(variable -> variable.getValue() != null)
        .as("values that kubelet would expand")
        .isNotEmpty()
        .noneMatch(variable -> variable.getValue().contains("$"));
    assertThat(environment)
        .extracting(EnvVar::getName)
        .contains("DOLLAR", "LINES", "EMPTY", "UNICODE", "DOTTED_NAME")
        .doesNotContain("LD_PRELOAD", "LARGE");
  }

  @Test
  void everyPropertyOfTheContractIsThere() {
    Order order =
        new Order(
            Action.PROVISION,
            1,
            1,
            CLAIM,
            storage.dory.provisioner.fakes.Samples.wish(),
            "Delete",
            new Order.Whereabouts(
                Optional.of("node-2"),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.empty()),
            "i",
            Map.of(),
            false,
            definition(
                Map.of(
                    "provisioner.fs-type", "ext4",
                    "provisioner.docker-plugin", "rclone",
                    "service-token", "abc")));

    assertThat(PropertySet.of(order, "https://api").values())
        .isEqualTo(
            new TreeMap<>(
                Map.ofEntries(
                    Map.entry("action", "provision"),
                    Map.entry("pv-name", CLAIM.uid().volumeName()),
                    Map.entry("pvc-name", "data"),
                    Map.entry("pvc-namespace", "users"),
                    Map.entry("pvc-uid", CLAIM.uid().value()),
                    Map.entry("size", "10485760"),
                    Map.entry("access-modes", "ReadWriteOnce"),
                    Map.entry("volume-mode", "Filesystem"),
                    Map.entry("fs-type", "ext4"),
                    Map.entry("storage-class", "silver"),
                    Map.entry("reclaim-policy", "Delete"),
                    Map.entry("service-account", "silver"),
                    Map.entry("service-token", "abc"),
                    Map.entry("kube-api", "https://api"),
                    Map.entry("selected-node", "node-2"),
                    Map.entry("docker-plugin", "rclone"),
                    Map.entry("zone", "z1"))));
  }

  @Test
  void selectedNodeIsRequiredAndARefusingNodeOnlyShunned() {
    Order order = order(Action.PROVISION, 1, definition(Map.of()));
    Order placed =
        new Order(
            order.action(),
            1,
            1,
            CLAIM,
            order.wish(),
            "Delete",
            new Order.Whereabouts(
                Optional.of("node-2"),
                Optional.of("node-1"),
                Optional.empty(),
                List.of(),
                Optional.empty()),
            "i",
            Map.of(),
            false,
            order.definition());
    var affinity = pods().pod(placed).getSpec().getAffinity().getNodeAffinity();

    var required =
        affinity
            .getRequiredDuringSchedulingIgnoredDuringExecution()
            .getNodeSelectorTerms()
            .getFirst()
            .getMatchFields()
            .getFirst();
    assertThat(required.getKey()).isEqualTo("metadata.name");
    assertThat(required.getValues()).containsExactly("node-2");
    assertThat(
            affinity
                .getPreferredDuringSchedulingIgnoredDuringExecution()
                .getFirst()
                .getPreference()
                .getMatchFields()
                .getFirst()
                .getOperator())
        .isEqualTo("NotIn");
  }

  @Test
  void volumeClientSharesItsMountsAndBelongsToNobody() {
    DaemonSet set =
        new VolumeClientSet(new PodSettings("https://api", "/run/docker/plugins", "/v", "/s"))
            .of(
                definition(
                    Map.of(
                        "provisioner.docker-plugin", "rclone",
                        "provisioner.vcs-image", "dory/rclone-plugin:0.1.0",
                        "provisioner.vcs-secret", "remotes")))
            .orElseThrow();
    Container container = set.getSpec().getTemplate().getSpec().getContainers().getFirst();

    assertThat(set.getMetadata().getName()).isEqualTo("vcs-rclone");
    assertThat(set.getMetadata().getOwnerReferences()).isNullOrEmpty();
    assertThat(set.getSpec().getUpdateStrategy().getType()).isEqualTo("OnDelete");
    assertThat(container.getSecurityContext().getPrivileged()).isTrue();
    assertThat(container.getEnv().stream().map(v -> v.getName() + "=" + v.getValue()))
        .containsExactly(
            "DORY_PLUGIN_NAME=rclone",
            "DORY_PLUGIN_SOCKET=/run/docker/plugins/rclone.sock",
            "DORY_VOLUMES=/v/rclone",
            "DORY_STATE=/s/rclone");
    assertThat(container.getVolumeMounts())
        .anyMatch(
            m -> m.getMountPath().equals("/v") && "Bidirectional".equals(m.getMountPropagation()))
        .anyMatch(m -> m.getMountPath().equals("/etc/vcs"));
  }

  @Test
  void volumeClientIsProbedOnlyWithAProgramThatItsConfigMapNames() {
    VolumeClientSet sets =
        new VolumeClientSet(new PodSettings("https://api", "/run/docker/plugins", "/v", "/s"));
    Map<String, String> silent =
        Map.of("provisioner.docker-plugin", "p", "provisioner.vcs-image", "acme/p:1");
    Map<String, String> probed = new HashMap<>(silent);
    probed.put("provisioner.vcs-liveness", "/opt/acme/alive");

    assertThat(sets.of(definition(silent)).orElseThrow())
        .extracting(ProvisioningPodTest::probe)
        .isNull();
    assertThat(probe(sets.of(definition(probed)).orElseThrow()).getExec().getCommand())
        .containsExactly("/opt/acme/alive");
  }

  @Test
  void volumeClientThatIsThereTakesTheTemplateAndKeepsWhatIsNotOurs() {
    VolumeClientSet sets =
        new VolumeClientSet(new PodSettings("https://api", "/run/docker/plugins", "/v", "/s"));
    Map<String, String> data =
        new HashMap<>(Map.of("provisioner.docker-plugin", "p", "provisioner.vcs-image", "p:1"));
    DaemonSet made = sets.of(definition(data)).orElseThrow();
    DaemonSet found =
        new DaemonSetBuilder(made)
            .editMetadata()
            .withResourceVersion("7")
            .addToAnnotations("theirs", "stays")
            .endMetadata()
            .build();
    DaemonSet before =
        new DaemonSetBuilder(made).editMetadata().withAnnotations(null).endMetadata().build();
    data.put("provisioner.vcs-liveness", "/opt/acme/alive");
    DaemonSet wanted = sets.of(definition(data)).orElseThrow();

    assertThat(VolumeClientSet.sameTemplate(found, made)).isTrue();
    assertThat(VolumeClientSet.sameTemplate(found, wanted)).isFalse();
    assertThat(VolumeClientSet.sameTemplate(before, made)).as("of an earlier version").isFalse();
    DaemonSet changed = VolumeClientSet.changed(found, wanted);
    assertThat(VolumeClientSet.sameTemplate(changed, wanted)).isTrue();
    assertThat(changed.getSpec().getTemplate()).isEqualTo(wanted.getSpec().getTemplate());
    assertThat(changed.getSpec().getSelector()).isEqualTo(found.getSpec().getSelector());
    assertThat(changed.getSpec().getUpdateStrategy().getType()).isEqualTo("OnDelete");
    assertThat(changed.getMetadata().getResourceVersion()).isEqualTo("7");
    assertThat(changed.getMetadata().getAnnotations()).containsEntry("theirs", "stays");
  }

  private static Probe probe(DaemonSet set) {
    return set.getSpec().getTemplate().getSpec().getContainers().getFirst().getLivenessProbe();
  }

  private static EnvVar variable(Container container, String name) {
    return container.getEnv().stream()
        .filter(variable -> variable.getName().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is not set"));
  }

  private static Volume volume(Pod pod, String name) {
    return pod.getSpec().getVolumes().stream()
        .filter(volume -> volume.getName().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is not there"));
  }

  private static List<VolumeProjection> projections(Order order, String name) {
    return volume(pods().pod(order), name).getProjected().getSources();
  }
}
