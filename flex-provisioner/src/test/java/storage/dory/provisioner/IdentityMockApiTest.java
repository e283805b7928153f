// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import storage.dory.provisioner.admission.AdmissionCluster.Kept;
import storage.dory.provisioner.admission.RunningPods;
import storage.dory.provisioner.control.FilerCheck;
import storage.dory.provisioner.fakes.FakeCluster;
import storage.dory.provisioner.fakes.FakeControlPlane.Ending;
import storage.dory.provisioner.identity.FiledClaim;
import storage.dory.provisioner.identity.Filer;
import storage.dory.provisioner.identity.SealKey;
import storage.dory.provisioner.identity.Sealing;
import storage.dory.provisioner.identity.Stamping;
import storage.dory.provisioner.identity.VolumeMaking;
import storage.dory.provisioner.kube.ApiAdmissionCluster;
import storage.dory.provisioner.kube.ApiClaimPolicy;
import storage.dory.provisioner.kube.ApiLateStamps;
import storage.dory.provisioner.kube.ApiRunningPods;
import storage.dory.provisioner.podrun.PodSettings;
import storage.dory.provisioner.volume.ClaimUid;
import storage.dory.provisioner.volume.Marks;

/** Who filed a claim, and secrets, on their way through the whole provisioner. */
class IdentityMockApiTest {
  private static final String CLASS = "silver";
  private static final SealKey KEY = new SealKey(new byte[SealKey.LENGTH]);
  private static final Filer ANN = new Filer("ann", List.of("staff"));
  private static final String TOKEN = "canary-7f3a-token";
  private static final String PASSWORD = "canary horse battery";

  private static FakeCluster cluster;

  private final Map<String, Map<String, String>> handed = new ConcurrentHashMap<>();
  private KubernetesClient client;

  @BeforeAll
  static void startCluster() {
    cluster = new FakeCluster();
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
  }

  @BeforeEach
  void connect() {
    client = cluster.client();
    var _ = cluster.define("silver-provisioner", CLASS, FakeCluster.good());
    cluster
        .around()
        .pods(properties -> {
          handed.put(
              properties.getOrDefault("pvc-name", "") + " " + properties.getOrDefault("action", ""),
              new TreeMap<>(properties));
          return cluster.around().usual(properties);
        });
  }

  @AfterEach
  void disconnect() {
    client.close();
  }

  @Test
  void stampedClaimHandsItsFilerToThePodThatMakesAndThePodThatDeletes() {
    try (Provisioner provisioner = provisioner(() -> new Sealing.On(KEY))) {
      PersistentVolumeClaim claim = filed("ann-1", "ann-1");
      await("bound", () -> cluster.bound(claim) && cluster.tidy());

      assertThat(handed.get("ann-1 provision"))
          .containsEntry("username", "ann")
          .containsEntry("groups", "[\"staff\"]");
      cluster.unclaim(claim);
      await("gone", () -> cluster.volumes().isEmpty() && cluster.tidy());
      assertThat(handed.get("ann-1 delete")).containsEntry("username", "ann");
      assertThat(provisioner.ill()).isEmpty();
    }
  }

  @Test
  void stampOfAnotherClaimIsNotBelievedAndTheClaimIsServed() {
    try (Provisioner provisioner = provisioner(() -> new Sealing.On(KEY))) {
      PersistentVolumeClaim claim = filed("ann-2", "other");
      await("bound", () -> cluster.bound(claim) && cluster.tidy());

      assertThat(handed.get("ann-2 provision")).doesNotContainKeys("username", "groups");
      end(claim, provisioner);
    }
  }

  @Test
  void withoutAWebhookNobodyIsBelieved() {
    try (Provisioner provisioner = provisioner(Sealing.Off::new)) {
      PersistentVolumeClaim claim = filed("ann-3", "ann-3");
      await("bound", () -> cluster.bound(claim) && cluster.tidy());

      assertThat(handed.get("ann-3 provision")).doesNotContainKeys("username", "groups");
      end(claim, provisioner);
    }
  }

  @Test
  void stampThatCannotBeCheckedYetIsWaitedForAndToldAndOtherClaimsGoOn() {
    Set<String> known = ConcurrentHashMap.newKeySet();
    try (Provisioner provisioner =
        provisioner(() -> known.isEmpty() ? new Sealing.NotYet() : new Sealing.On(KEY))) {
      PersistentVolumeClaim claim = filed("ann-4", "ann-4");
      await(
          "told",
          () ->
              cluster.told(FakeCluster.USERS, "ann-4").stream()
                  .anyMatch(told -> told.contains("cannot be checked yet")));
      PersistentVolumeClaim other = cluster.claim(CLASS);
      await("other bound", () -> cluster.bound(other));
      assertThat(cluster.bound(claim)).isFalse();

      known.add("key");

      await("bound", () -> cluster.bound(claim) && cluster.tidy());
      assertThat(handed.get("ann-4 provision")).containsEntry("username", "ann");
      cluster.unclaim(other);
      end(claim, provisioner);
    }
  }

  @Test
  void tokensAndPasswordsAreInThePodsSecretAndNowhereElse() {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    log.start();
    root.addAppender(log);
    cluster
        .around()
        .pods(properties -> {
          handed.put("canary", new TreeMap<>(properties));
          return new Ending(
              1,
              "login with "
                  + properties.get("service-token")
                  + " and "
                  + properties.get("password")
                  + " failed: no such zone");
        });
    Map<String, String> data = FakeCluster.good();
    data.put("service-token", TOKEN);
    data.put("password", PASSWORD);
    ConfigMap configMap = cluster.define("canary-provisioner", "canary", data);
    try (Provisioner provisioner = provisioner(() -> new Sealing.On(KEY))) {
      PersistentVolumeClaim claim = cluster.claim("canary");
      String name = claim.getMetadata().getName();
      await(
          "told",
          () ->
              cluster.told(FakeCluster.USERS, name).stream()
                  .anyMatch(told -> told.contains("no such zone")));

      assertThat(handed.get("canary")).containsEntry("service-token", TOKEN);
      assertThat(cluster.told(FakeCluster.USERS, name))
          .anySatisfy(told -> assertThat(told).contains("login with *** and *** failed"));
      await(
          "warned",
          () ->
              cluster.told(FakeCluster.TRUSTED, "canary-provisioner").stream()
                  .anyMatch(told -> told.startsWith("LiteralServiceToken: service-token")));
      List<HasMetadata> seen = new ArrayList<>();
      seen.addAll(cluster.api().v1().events().inAnyNamespace().list().getItems());
      seen.addAll(cluster.api().persistentVolumeClaims().inAnyNamespace().list().getItems());
      seen.addAll(cluster.api().storage().v1().storageClasses().list().getItems());
      assertThat(Serialization.asJson(seen)).doesNotContain(TOKEN, PASSWORD);
      List<HasMetadata> pods = new ArrayList<>(cluster.pods());
      pods.forEach(pod -> ((io.fabric8.kubernetes.api.model.Pod) pod).setStatus(null));
      assertThat(Serialization.asJson(pods)).doesNotContain(TOKEN);
      assertThat(
              cluster
                  .api()
                  .configMaps()
                  .inNamespace(FakeCluster.TRUSTED)
                  .withName("canary-provisioner")
                  .get()
                  .getMetadata()
                  .getAnnotations()
                  .toString())
          .contains("literal token")
          .doesNotContain(TOKEN, PASSWORD);
      cluster.around().usualPods();
      end(claim, provisioner);
    } finally {
      root.detachAppender(log);
      var _ = cluster.api().resource(configMap).delete();
    }
    List<ILoggingEvent> lines = List.copyOf(log.list);
    assertThat(lines).isNotEmpty();
    assertThat(lines.stream().map(ILoggingEvent::getFormattedMessage))
        .noneMatch(line -> line.contains(TOKEN) || line.contains(PASSWORD));
  }

  @Test
  void secretOfTheWebhookIsWrittenOnceByTheFasterOfTwo() {
    ApiAdmissionCluster one = new ApiAdmissionCluster(client, "admission-1");
    ApiAdmissionCluster two = new ApiAdmissionCluster(client, "admission-1");
    assertThat(one.read()).isEmpty();

    assertThat(one.write(Optional.empty(), Map.of("a", new byte[] {1}))).isTrue();
    assertThat(two.write(Optional.empty(), Map.of("a", new byte[] {2}))).isFalse();

    Kept kept = two.read().orElseThrow();
    assertThat(kept.data().get("a")).containsExactly(1);
    assertThat(one.write(Optional.of(kept.version()), Map.of("a", new byte[] {3}))).isTrue();
    assertThat(two.write(Optional.of(kept.version()), Map.of("a", new byte[] {4}))).isFalse();
    assertThat(two.read().orElseThrow().data().get("a")).containsExactly(3);
  }

  @Test
  void certificateAndPathAreWrittenIntoBothConfigurationsAndNothingElse() {
    MutatingWebhookConfiguration installed =
        new MutatingWebhookConfigurationBuilder()
            .withNewMetadata()
            .withName(ApiAdmissionCluster.NAME)
            .addToLabels("kept", "yes")
            .endMetadata()
            .addNewWebhook()
            .withName("claims.dory.storage")
            .withFailurePolicy("Ignore")
            .withNewClientConfig()
            .withNewService()
            .withName("flex-provisioner")
            .withNamespace("dory-system")
            .endService()
            .endClientConfig()
            .endWebhook()
            .build();
    var _ = client.resource(installed).create();
    var _ =
        client
            .resource(
                new ValidatingWebhookConfigurationBuilder()
                    .withNewMetadata()
                    .withName(ApiAdmissionCluster.NAME)
                    .endMetadata()
                    .addNewWebhook()
                    .withName("volumes.dory.storage")
                    .withNewClientConfig()
                    .withNewService()
                    .withName("flex-provisioner")
                    .withNamespace("dory-system")
                    .endService()
                    .endClientConfig()
                    .endWebhook()
                    .addNewWebhook()
                    .withName("filings.dory.storage")
                    .withNewClientConfig()
                    .withNewService()
                    .withName("flex-provisioner")
                    .withNamespace("dory-system")
                    .endService()
                    .endClientConfig()
                    .endWebhook()
                    .build())
            .create();
    ApiAdmissionCluster admission = new ApiAdmissionCluster(client, "dory-system");

    assertThat(admission.announce(new byte[] {1, 2, 3}, "door")).isTrue();
    assertThat(admission.announce(new byte[] {1, 2, 3}, "door")).isTrue();

    MutatingWebhookConfiguration now =
        client
            .admissionRegistration()
            .v1()
            .mutatingWebhookConfigurations()
            .withName(ApiAdmissionCluster.NAME)
            .get();
    var webhook = now.getWebhooks().getFirst();
    assertThat(webhook.getClientConfig().getCaBundle())
        .isEqualTo(Base64.getEncoder().encodeToString(new byte[] {1, 2, 3}));
    assertThat(webhook.getClientConfig().getService().getPath()).isEqualTo("/claims/door");
    assertThat(webhook.getFailurePolicy()).isEqualTo("Ignore");
    assertThat(now.getMetadata().getLabels()).containsEntry("kept", "yes");
    assertThat(
            client
                .admissionRegistration()
                .v1()
                .validatingWebhookConfigurations()
                .withName(ApiAdmissionCluster.NAME)
                .get()
                .getWebhooks())
        .extracting(each -> each.getClientConfig().getService().getPath())
        .containsExactly("/volumes/door", "/filings/door");
  }

  @Test
  void podsOfAClaimAreReadFromTheServer() {
    ClaimUid claim = ClaimUid.ofVolume("pvc-3b5c0f8e-1111-4222-8333-444455556666").orElseThrow();
    RunningPods pods = new ApiRunningPods(client, Duration.ofSeconds(30));
    var _ = client.resource(provisioning("goes-on", claim, "Running")).create();
    var _ = client.resource(provisioning("has-ended", claim, "Failed")).create();
    try {
      assertThat(pods.now("dory-system", claim).orElseThrow())
          .extracting(VolumeMaking.Provisioning::pod)
          .containsExactly("goes-on");
      assertThat(pods.now("elsewhere", claim)).hasValue(List.of());
    } finally {
      var _ = client.pods().inNamespace("dory-system").withLabel(Marks.REQUEST).delete();
    }
  }

  @Test
  void claimIsStampedAsSoonAsItIsStored() {
    PersistentVolumeClaim claim = strange("late", "3b5c0f8e-1111-4222-8333-444455557777");

    stamp(claim, (namespace, name, uid) -> true);
    var _ = client.resource(claim).create();

    await("stamped", () -> isStamped(claim));
    var _ = client.resource(claim).delete();
  }

  @Test
  void stampWaitsForTheHandOverThatItWouldDisturb() {
    PersistentVolumeClaim claim = strange("handed", "3b5c0f8e-1111-4222-8333-444455558888");
    var _ = client.resource(claim).create();
    List<Boolean> stampedAtALook = new CopyOnWriteArrayList<>();

    stamp(
        claim,
        (namespace, name, uid) -> {
          stampedAtALook.add(isStamped(claim));
          return stampedAtALook.size() == 3;
        });

    await("stamped", () -> isStamped(claim));
    assertThat(stampedAtALook).containsExactly(false, false, false);
    var _ = client.resource(claim).delete();
  }

  @Test
  void claimThatIsNotHandedOverIsStampedAllTheSame() {
    PersistentVolumeClaim claim = strange("waits", "3b5c0f8e-1111-4222-8333-444455559999");
    var _ = client.resource(claim).create();

    stamp(claim, (namespace, name, uid) -> false);

    await("stamped", () -> isStamped(claim));
    var _ = client.resource(claim).delete();
  }

  private void stamp(PersistentVolumeClaim claim, ApiLateStamps.HandOver handOver) {
    new ApiLateStamps(client, handOver)
        .write(
            claim.getMetadata().getNamespace(),
            claim.getMetadata().getName(),
            claim.getMetadata().getUid(),
            Map.of("dory.storage/username", Optional.of("ann")));
  }

  private boolean isStamped(PersistentVolumeClaim claim) {
    return Optional.ofNullable(client.resource(claim).get().getMetadata().getAnnotations())
        .filter(annotations -> "ann".equals(annotations.get("dory.storage/username")))
        .isPresent();
  }

  private static PersistentVolumeClaim strange(String name, String uid) {
    return new PersistentVolumeClaimBuilder()
        .withNewMetadata()
        .withNamespace("elsewhere")
        .withName(name)
        .withUid(uid)
        .endMetadata()
        .withNewSpec()
        .withStorageClassName("somebody-elses")
        .endSpec()
        .build();
  }

  private static Pod provisioning(String name, ClaimUid claim, String phase) {
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace("dory-system")
        .withName(name)
        .addToLabels(Marks.REQUEST, claim.value())
        .addToLabels(Marks.ACTION, "provision")
        .endMetadata()
        .withNewSpec()
        .withServiceAccountName("silver")
        .endSpec()
        .withNewStatus()
        .withPhase(phase)
        .endStatus()
        .build();
  }

  @Test
  void policyAsAnAdministratorAppliesItIsNoticedAndAnEditedOneIsNotBelieved() throws IOException {
    ApiClaimPolicy policy = new ApiClaimPolicy(client);
    assertThat(policy.since()).isEmpty();
    Path file = Path.of(System.getProperty("dory.root"), "configmaps/policies/claims/policy.yaml");
    for (String document : Files.readString(file).split("(?m)^---$", -1)) {
      GenericKubernetesResource object =
          Serialization.unmarshal(document, GenericKubernetesResource.class);
      object.getMetadata().setGeneration(1L);
      var _ = client.resource(object).create();
    }
    ResourceDefinitionContext bindings =
        new ResourceDefinitionContext.Builder()
            .withGroup("admissionregistration.k8s.io")
            .withVersion("v1")
            .withKind("MutatingAdmissionPolicyBinding")
            .withPlural("mutatingadmissionpolicybindings")
            .withNamespaced(false)
            .build();
    var binding = client.genericKubernetesResources(bindings).withName("dory-claims-any");
    Instant made = Instant.parse(binding.get().getMetadata().getCreationTimestamp());

    assertThat(policy.since()).hasValueSatisfying(since -> assertThat(since).isAfter(made));

    var _ =
        binding.edit(now -> {
          now.setAdditionalProperty("spec", Map.of("policyName", "another"));
          return now;
        });
    assertThat(policy.since()).isEmpty();
    var _ = binding.delete();
    assertThat(policy.since()).isEmpty();
  }

  private Provisioner provisioner(Supplier<Sealing> sealing) {
    Provisioner provisioner =
        new Provisioner(
            client,
            new ProvisionerSettings(
                Set.of(FakeCluster.TRUSTED),
                Set.of(),
                4,
                new PodSettings("https://api", "/run/docker/plugins", "/v", "/s")),
            InstantSource.system(),
            FakeCluster.terms(
                new FilerCheck(
                    sealing,
                    () -> Duration.ZERO,
                    new ApiClaimPolicy(client)::since,
                    InstantSource.system())),
            writer -> writer);
    provisioner.watch();
    await("synced", provisioner::synced);
    provisioner.work();
    return provisioner;
  }

  /** Files a claim whose stamp was made for a claim of some name. */
  private static PersistentVolumeClaim filed(String name, String stampedFor) {
    Map<String, String> marks =
        new Stamping(KEY)
            .stamp(
                new FiledClaim(FakeCluster.USERS, stampedFor, "", Optional.empty(), Map.of()),
                ANN,
                Instant.now())
            .marks();
    return cluster.claim(
        CLASS,
        builder ->
            new PersistentVolumeClaimBuilder(builder.build())
                .editMetadata()
                .withName(name)
                .addToAnnotations(marks)
                .endMetadata());
  }

  private static void end(PersistentVolumeClaim claim, Provisioner provisioner) {
    cluster.unclaim(claim);
    await("gone", () -> cluster.volumes().isEmpty() && cluster.tidy());
    assertThat(provisioner.ill()).isEmpty();
  }

  private static void await(String what, BooleanSupplier until) {
    Awaitility.await(what)
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(20))
        .until(until::getAsBoolean);
  }
}
