// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import storage.dory.kubectl.cluster.Cluster;
import storage.dory.provisioner.identity.SealKey;
import storage.dory.provisioner.identity.VolumeSeal;
import storage.dory.provisioner.volume.Marks;

/** The commands as a user types them, against an API server in memory. */
@EnableKubernetesMockClient(crud = true, https = false)
class KubectlDoryMockApiTest {
  private static final String TOKEN = "token-that-nobody-may-see";
  private static final SealKey KEY =
      new SealKey("k".repeat(SealKey.LENGTH).getBytes(StandardCharsets.US_ASCII));

  @TempDir private Path directory;

  @SuppressWarnings("NullAway.Init")
  private KubernetesMockServer server;

  @SuppressWarnings("NullAway.Init")
  private KubernetesClient client;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeEach
  void kubeconfig() throws IOException {
    Files.writeString(
        directory.resolve("config"),
        """
        apiVersion: v1
        kind: Config
        current-context: c
        contexts: [{name: c, context: {cluster: k, user: u, namespace: team}}]
        clusters: [{name: k, cluster: {server: 'http://localhost:%d'}}]
        users: [{name: u, user: {}}]
        """
            .formatted(server.getPort()));
    client.resource(Samples.silver()).create();
  }

  @Test
  void listShowsAClaim() {
    client.resource(Samples.claim("data", "u-1")).create();

    assertThat(run("list")).isZero();
    assertThat(printed()).contains("team").contains("data").contains("silver").contains("Pending");
  }

  @Test
  void whyOfAClaimThatWaitsSaysWhatToDoInEveryFormAndEndsWithOne() {
    client.resource(Samples.claim("data", "u-1")).create();

    assertThat(run("why", "pvc/data")).isEqualTo(ExitCode.FOUND);
    assertThat(printed())
        .contains("no provisioner ConfigMap serves class silver")
        .contains("to do");
    assertThat(run("why", "pvc/data", "-o", "json")).isEqualTo(ExitCode.FOUND);
    assertThat(printed()).contains("\"standsAt\" : \"queue\"");
    assertThat(run("why", "pvc/data", "-o", "yaml")).isEqualTo(ExitCode.FOUND);
    assertThat(printed()).contains("standsAt: queue");
  }

  @Test
  void whyOfNoClaimNamesTheNamespaceAndEndsWithTwo() {
    assertThat(run("why", "pvc/data")).isEqualTo(ExitCode.NOT_DONE);
    assertThat(told()).contains("no claim data in namespace team");
  }

  @Test
  void missingRightIsNamed() {
    server
        .expect()
        .get()
        .withPath("/api/v1/namespaces/team/persistentvolumeclaims/data")
        .andReturn(
            403,
            new StatusBuilder()
                .withCode(403)
                .withMessage("persistentvolumeclaims is forbidden")
                .build())
        .always();

    assertThat(run("why", "pvc/data")).isEqualTo(ExitCode.NOT_DONE);
    assertThat(told())
        .contains("not allowed to get persistentvolumeclaims in namespace team")
        .contains("verb get on persistentvolumeclaims");
  }

  @Test
  void absentApiServerIsSaid() throws IOException {
    Path nowhere = directory.resolve("nowhere");
    Files.writeString(
        nowhere,
        Files.readString(directory.resolve("config")).replace(":" + server.getPort(), ":1"));

    assertThat(exit("list", "--kubeconfig", nowhere.toString())).isEqualTo(ExitCode.NOT_DONE);
    assertThat(told()).contains("http://localhost:1").contains("can it be reached?");
  }

  @Test
  void brokenKubeconfigIsSaid() throws IOException {
    Path broken = directory.resolve("broken");
    Files.writeString(broken, "clusters: [");

    assertThat(exit("list", "--kubeconfig", broken.toString())).isEqualTo(ExitCode.WRONG_USE);
    assertThat(told()).contains("broken").hasLineCount(1);
  }

  @Test
  void checkOfAnAppliedConfigMapTellsEveryProblemAndShowsNoToken() {
    client
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace("team")
                .withName("bad")
                .withLabels(Map.of("type", "provisioner-config", "storage-class", "silver"))
                .endMetadata()
                .withData(Map.of("service-token", TOKEN, "provisioner.attempts", "none"))
                .build())
        .create();

    assertThat(run("check", "cm/bad")).isEqualTo(ExitCode.FOUND);
    assertThat(printed())
        .contains("refused")
        .contains("image: is missing")
        .contains("service-account-name: is missing")
        .contains("provisioner.attempts");
    assertThat(printed() + told()).doesNotContain(TOKEN);
  }

  @Test
  void checkOfAFileOfflineNeedsNoCluster() throws IOException {
    Path file = directory.resolve("cm.yaml");
    Files.writeString(
        file,
        """
        kind: ConfigMap
        metadata: {name: silver, labels: {type: provisioner-config, storage-class: silver}}
        data: {image: acme/x, service-account-name: silver}
        """);

    assertThat(exit("check", "-f", file.toString(), "--offline")).isZero();
    assertThat(printed()).contains("default/silver").contains("accepted");
  }

  @Test
  void wrongFlagsEndWith64AndOneLine() {
    for (List<String> wrong :
        List.of(
            List.of("why", "pod/x"),
            List.of("why", "pvc/../x"),
            List.of("check"),
            List.of("check", "cm/a", "-f", "x"),
            List.of("check", "-f", "/nowhere/at/all"),
            List.of("orphans", "--adopt", "x"),
            List.of("orphans", "--adopt", "x", "--size", "-1"),
            List.of("list", "-o", "xml"),
            List.of("fly"))) {
      assertThat(exit(wrong.toArray(String[]::new))).as(wrong.toString()).isEqualTo(64);
      assertThat(told().lines()).as(wrong.toString()).hasSize(1);
    }
  }

  @Test
  void secretWithoutItsPodIsAnOrphanAndIsDeletedOnlyWhenConfirmed() {
    client
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace("dory-system")
                .withName("plain")
                .withLabels(Map.of("type", "provisioner-config", "storage-class", "silver"))
                .endMetadata()
                .withData(Map.of("image", "x", "service-account-name", "y"))
                .build())
        .create();
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withNamespace("dory-system")
                .withName("dory-provision-u-1-1")
                .addToLabels("app.kubernetes.io/managed-by", "dory-flex-provisioner")
                .addToLabels("dory.storage/request", "u-1")
                .endMetadata()
                .withData(Map.of("secret", TOKEN))
                .build())
        .create();

    assertThat(run("orphans")).isEqualTo(ExitCode.FOUND);
    assertThat(printed()).contains("secret/dory-provision-u-1-1").doesNotContain(TOKEN);
    assertThat(run("orphans", "--delete", "secret/dory-provision-u-1-1"))
        .isEqualTo(ExitCode.NOT_DONE);
    assertThat(secrets()).hasSize(1);
    assertThat(run("orphans", "--delete", "secret/dory-provision-u-1-1", "--yes")).isZero();
    assertThat(secrets()).isEmpty();
    assertThat(run("orphans")).isZero();
  }

  @Test
  void podThatKeepsItsNamespaceFromGoingIsReleasedWithoutAProvisioner() {
    Pod stuck =
        new PodBuilder()
            .withNewMetadata()
            .withName("dory-provision-u-1-1")
            .withNamespace("dory-system")
            .withLabels(
                Map.of(
                    Marks.MANAGED_BY, Marks.US,
                    Marks.REQUEST, "u-1",
                    Marks.ACTION, "provision",
                    Marks.ATTEMPT, "1"))
            .withAnnotations(Map.of(Marks.CLAIM, "team/data"))
            .withFinalizers(Marks.POD_FINALIZER)
            .endMetadata()
            .withNewSpec()
            .endSpec()
            .withNewStatus()
            .withPhase("Failed")
            .endStatus()
            .build();
    client.resource(stuck).create();
    client.resource(Samples.claim("data", "u-1")).create();
    client.pods().inNamespace("dory-system").withName("dory-provision-u-1-1").delete();
    Pod provisioner =
        new PodBuilder()
            .withNewMetadata()
            .withName("flex-provisioner-1")
            .withNamespace("dory-system")
            .withLabels(Map.of("app.kubernetes.io/name", "flex-provisioner"))
            .endMetadata()
            .build();
    client.resource(provisioner).create();
    assertThat(run("orphans")).as("the provisioner sees to it").isZero();
    client.resource(provisioner).delete();

    assertThat(run("orphans")).isEqualTo(ExitCode.FOUND);
    assertThat(printed())
        .contains("pod/dory-provision-u-1-1")
        .contains("no flex provisioner runs: volume pvc-u-1 may be left");
    assertThat(run("orphans", "--delete", "pod/dory-provision-u-1-1", "--yes")).isZero();
    assertThat(client.pods().inNamespace("dory-system").list().getItems()).isEmpty();
  }

  @Test
  void recordsAreShownAndSealedOnlyWhenToldToAndOnlyWhatTheConfigMapSaysToo() {
    client.resource(webhookSecret("dory-system")).create();
    client.resource(definition("acme/provision:1")).create();
    client.resource(Samples.recorded("pvc-u-1", "u-1")).create();
    client.resource(Samples.recorded("pvc-u-2", "u-2")).create();
    client
        .persistentVolumes()
        .withName("pvc-u-2")
        .edit(volume -> {
          volume
              .getMetadata()
              .getAnnotations()
              .computeIfPresent(
                  Marks.DEFINITION, (_, text) -> text.replace("acme/provision:1", "evil/image:1"));
          return volume;
        });

    assertThat(run("reseal")).isEqualTo(ExitCode.FOUND);
    assertThat(printed())
        .containsPattern(
            "pvc-u-1 +team/data +dory-system/silver +acme/provision:1 +dory-system/silver +ann +says the same +none")
        .containsPattern("pvc-u-2 .* evil/image:1 .* other: image +none");
    assertThat(seal("pvc-u-1")).isEmpty();

    assertThat(run("reseal", "--yes")).isEqualTo(ExitCode.FOUND);
    assertThat(printed()).containsPattern("pvc-u-1 .* made now").containsPattern("pvc-u-2 .* none");
    assertThat(seal("pvc-u-1")).contains(good("pvc-u-1"));
    assertThat(seal("pvc-u-2")).isEmpty();

    assertThat(run("reseal", "pv/pvc-u-2", "--yes", "-o", "json")).isZero();
    assertThat(printed()).contains("\"seal\" : \"made now\"").contains("evil/image:1");
    assertThat(seal("pvc-u-2")).contains(good("pvc-u-2"));
    assertThat(run("reseal")).isZero();
    assertThat(printed()).contains("no volume whose record bears no good seal");
    assertThat(run("reseal", "pvc-u-1")).isZero();
    assertThat(printed()).containsPattern("pvc-u-1 .* good");
  }

  @Test
  void withoutTheSecretOrItsKeyOrTheVolumeNothingIsSealedAndTheReasonIsSaid() {
    client.resource(Samples.recorded("pvc-u-1", "u-1")).create();
    assertThat(run("reseal", "--yes")).isEqualTo(ExitCode.NOT_DONE);
    assertThat(told())
        .contains("no Secret dory-flex-provisioner-admission in namespace dory-system")
        .contains("-n");
    Secret secret = webhookSecret("elsewhere");
    secret.setData(Map.of("tls.key", "eA=="));
    client.resource(secret).create();
    assertThat(run("reseal", "--yes", "-n", "elsewhere")).isEqualTo(ExitCode.NOT_DONE);
    assertThat(told()).contains("holds no key of seals");
    client.resource(webhookSecret("dory-system")).create();
    assertThat(run("reseal", "pvc-u-9", "--yes")).isEqualTo(ExitCode.NOT_DONE);
    assertThat(told()).contains("there is no PersistentVolume pvc-u-9");
    assertThat(seal("pvc-u-1")).isEmpty();
  }

  @Test
  void volumeThatGoesWhileItIsSealedIsNotSaidToBeSealed() {
    PersistentVolume volume = Samples.recorded("pvc-u-1", "u-1");
    volume.getMetadata().setFinalizers(List.of());
    client.resource(volume).create();
    Cluster cluster = new Cluster(client);
    String version = cluster.volume("pvc-u-1").orElseThrow().getMetadata().getResourceVersion();
    Map<String, String> seal = Map.of(Marks.SEAL, "x");
    assertThat(cluster.annotateVolume("pvc-u-1", version, seal)).isTrue();

    client.persistentVolumes().withName("pvc-u-1").delete();

    assertThat(cluster.annotateVolume("pvc-u-1", version, seal)).isFalse();
  }

  private static Secret webhookSecret(String namespace) {
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(Marks.WEBHOOK_SECRET)
        .endMetadata()
        .withData(Map.of(SealKey.ENTRY, Base64.getEncoder().encodeToString(KEY.kept())))
        .build();
  }

  private static ConfigMap definition(String image) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withNamespace("dory-system")
        .withName("silver")
        .withLabels(Map.of("type", "provisioner-config", "storage-class", "silver"))
        .endMetadata()
        .withData(
            Map.of("image", image, "service-account-name", "silver", "zone", "a", "secret", TOKEN))
        .build();
  }

  private Optional<String> seal(String volume) {
    return Optional.ofNullable(
        client
            .persistentVolumes()
            .withName(volume)
            .get()
            .getMetadata()
            .getAnnotations()
            .get(Marks.SEAL));
  }

  private String good(String volume) {
    Map<String, String> annotations =
        client.persistentVolumes().withName(volume).get().getMetadata().getAnnotations();
    return VolumeSeal.of(KEY, volume, annotations.getOrDefault(Marks.DEFINITION, ""));
  }

  private List<?> secrets() {
    return client.secrets().inNamespace("dory-system").list().getItems();
  }

  private int run(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--kubeconfig", directory.resolve("config").toString()));
    return exit(all.toArray(String[]::new));
  }

  private int exit(String... arguments) {
    out.reset();
    err.reset();
    return KubectlDoryMain.run(
        new Console(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            new BufferedReader(new StringReader("no\n")),
            InstantSource.fixed(Samples.at(60))),
        arguments);
  }

  private String printed() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String told() {
    return err.toString(StandardCharsets.UTF_8);
  }
}
