// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who filed a claim, as the API server's own admission sees it. */
@ExtendWith(OnCluster.class)
class IdentityE2E {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final String USERNAME = "dory.storage/username";
  private static final String GROUPS = "dory.storage/groups";
  private static final String WEBHOOK_SECRET = "dory-flex-provisioner-admission";

  @Test
  void claimsOfTwoUsersReachTheirPodsWithTheRightNames(Installation dory) {
    try (Tenant tenant = new Tenant(dory.client());
        KubernetesClient ann = user(dory, tenant, "ann", "staff", "a,b");
        KubernetesClient bob = user(dory, tenant, "bob@example.com");
        Refusing identity = new Refusing(dory)) {
      awaitStamping(tenant, ann, identity.name());

      PersistentVolumeClaim anns = file(ann, tenant, "anns", identity.name(), Map.of());
      PersistentVolumeClaim bobs = file(bob, tenant, "bobs", identity.name(), Map.of());

      awaitAnnotations(
          ann,
          anns,
          annotations ->
              assertThat(annotations)
                  .containsEntry(USERNAME, "ann")
                  .containsEntry(GROUPS, "[\"staff\",\"a,b\",\"system:authenticated\"]"));
      assertThat(properties(dory, anns))
          .containsEntry("username", "ann")
          .containsEntry("groups", "[\"staff\",\"a,b\",\"system:authenticated\"]");
      assertThat(properties(dory, bobs)).containsEntry("username", "bob@example.com");
      identity.end(tenant, anns, bobs);
    }
  }

  @Test
  void forgedNameIsOverwrittenAndALaterChangeIsPutBack(Installation dory) {
    try (Tenant tenant = new Tenant(dory.client());
        KubernetesClient ann = user(dory, tenant, "ann", "staff");
        KubernetesClient bob = user(dory, tenant, "bob");
        Refusing identity = new Refusing(dory)) {
      awaitStamping(tenant, ann, identity.name());

      PersistentVolumeClaim claim =
          file(ann, tenant, "data", identity.name(), Map.of(USERNAME, "root", "note", "mine"));
      awaitAnnotations(
          ann,
          claim,
          annotations ->
              assertThat(annotations).containsEntry(USERNAME, "ann").containsEntry("note", "mine"));

      var _ =
          bob.persistentVolumeClaims()
              .inNamespace(tenant.namespace())
              .withName("data")
              .edit(now ->
                  new PersistentVolumeClaimBuilder(now)
                      .editMetadata()
                      .addToAnnotations(USERNAME, "bob")
                      .removeFromAnnotations(GROUPS)
                      .addToAnnotations("note", "changed")
                      .endMetadata()
                      .build());

      awaitAnnotations(
          ann,
          claim,
          annotations ->
              assertThat(annotations)
                  .containsEntry(USERNAME, "ann")
                  .containsKey(GROUPS)
                  .containsEntry("note", "changed"));
      assertThat(properties(dory, claim)).containsEntry("username", "ann");
      identity.end(tenant, claim);
    }
  }

  @Test
  void claimOfAnotherClassIsLeftAsItIs(Installation dory) {
    try (Tenant tenant = new Tenant(dory.client());
        KubernetesClient ann = user(dory, tenant, "ann");
        Refusing identity = new Refusing(dory)) {
      awaitStamping(tenant, ann, identity.name());

      PersistentVolumeClaim other =
          file(ann, tenant, "other", "somebody-elses", Map.of(USERNAME, "root"));

      assertThat(annotations(other))
          .containsEntry(USERNAME, "root")
          .doesNotContainKeys(GROUPS, "dory.storage/filed");
    }
  }

  @Test
  void whileTheWebhookIsAwayClaimsAreFiledAndServedWithoutAName(Installation dory) {
    try (Tenant tenant = new Tenant(dory.client());
        KubernetesClient ann = user(dory, tenant, "ann");
        Refusing identity = new Refusing(dory)) {
      awaitStamping(tenant, ann, identity.name());
      PersistentVolumeClaim genuine = file(ann, tenant, "genuine", identity.name(), Map.of());
      assertThat(properties(dory, genuine)).containsEntry("username", "ann");
      Map<String, String> copied = stamp(now(ann, genuine));
      identity.end(tenant, genuine);

      int replicas = scale(dory, 0);
      PersistentVolumeClaim forged;
      PersistentVolumeClaim replayed;
      try {
        await("no webhook")
            .atMost(LIMIT)
            .until(() ->
                dory.client()
                    .pods()
                    .inNamespace(Installation.NAMESPACE)
                    .withLabel("app.kubernetes.io/name", "flex-provisioner")
                    .list()
                    .getItems()
                    .isEmpty());
        forged =
            file(ann, tenant, "forged", identity.name(), Map.of(USERNAME, "root", GROUPS, "[]"));
        // a stamp is good for ten seconds
        Instant stale = Instant.parse(genuine.getMetadata().getCreationTimestamp()).plusSeconds(12);
        await("stale stamp").atMost(LIMIT).until(() -> Instant.now().isAfter(stale));
        replayed = file(ann, tenant, "genuine", identity.name(), copied);
      } finally {
        scale(dory, replicas);
      }

      assertThat(annotations(forged)).containsEntry(USERNAME, "root");
      assertThat(annotations(replayed)).containsAllEntriesOf(copied);
      assertThat(properties(dory, forged)).doesNotContainKeys("username", "groups");
      assertThat(properties(dory, replayed)).doesNotContainKeys("username", "groups");
      identity.end(tenant, forged, replayed);
    }
  }

  @Test
  void certificateIsRenewedUnderARunningWebhook(Installation dory) {
    try (Tenant tenant = new Tenant(dory.client());
        KubernetesClient ann = user(dory, tenant, "ann");
        Refusing identity = new Refusing(dory)) {
      awaitStamping(tenant, ann, identity.name());
      arguments(dory, "--webhook-certificate-life=1m", true);
      try {
        dory.client()
            .secrets()
            .inNamespace(Installation.NAMESPACE)
            .withName(WEBHOOK_SECRET)
            .delete();
        await("new Secret").atMost(LIMIT).until(() -> certificate(dory).isPresent());
        awaitStamping(tenant, ann, identity.name());
        String first = certificate(dory).orElseThrow();

        for (int renewal = 0; renewal < 2; renewal++) {
          String before = certificate(dory).orElseThrow();
          await("renewed")
              .atMost(LIMIT)
              .until(() -> certificate(dory).filter(now -> !now.equals(before)).isPresent());
          assertThat(isStamped(tenant, ann, identity.name())).as("renewal %d", renewal).isTrue();
        }

        assertThat(certificate(dory)).isNotEqualTo(Optional.of(first));
        assertThat(dory.provisioner().getStatus().getContainerStatuses().getFirst())
            .satisfies(status -> assertThat(status.getRestartCount()).isZero());
      } finally {
        arguments(dory, "--webhook-certificate-life=1m", false);
      }
    }
  }

  @Test
  void provisioningAccountMayNotMakeAVolumeThatNoPodOfItIsMaking(Installation dory) {
    dory.offer("local");
    try (KubernetesClient account =
        as(dory, "system:serviceaccount:dory-system:local-provisioner")) {
      PersistentVolume volume =
          new PersistentVolumeBuilder()
              .withNewMetadata()
              .withName("mine")
              .endMetadata()
              .withNewSpec()
              .withCapacity(Map.of("storage", new Quantity("1Mi")))
              .withAccessModes("ReadWriteOnce")
              .withNewHostPath("/nowhere", null)
              .endSpec()
              .build();

      // the API server hears of a webhook a moment after it was announced
      await("refusal")
          .atMost(LIMIT)
          .untilAsserted(() ->
              assertThatThrownBy(
                      () -> account.persistentVolumes().resource(volume).dryRun().create())
                  .isInstanceOf(KubernetesClientException.class)
                  .hasMessageContaining(
                      "may only make the volume of the claim it was started for"));
      assertThatThrownBy(() -> account.persistentVolumes().resource(volume).create())
          .isInstanceOf(KubernetesClientException.class);
      assertThat(dory.client().persistentVolumes().withName("mine").get()).isNull();
      assertThat(dory.client().persistentVolumes().resource(volume).dryRun().create())
          .as("somebody else's volume")
          .isNotNull();
    }
  }

  /** A client of a user who may do with claims of the tenant what they like. */
  private static KubernetesClient user(
      Installation dory, Tenant tenant, String name, String... groups) {
    dory.client()
        .rbac()
        .roleBindings()
        .inNamespace(tenant.namespace())
        .resource(
            new RoleBindingBuilder()
                .withNewMetadata()
                .withName("edit-" + name.replaceAll("[^a-z]", "-"))
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "edit")
                .addNewSubject("rbac.authorization.k8s.io", "User", name, null)
                .build())
        .create();
    return as(dory, name, groups);
  }

  private static KubernetesClient as(Installation dory, String name, String... groups) {
    return new KubernetesClientBuilder()
        .withConfig(
            new ConfigBuilder(dory.client().getConfiguration())
                .withImpersonateUsername(name)
                .withImpersonateGroups(groups)
                .build())
        .build();
  }

  private static PersistentVolumeClaim file(
      KubernetesClient user,
      Tenant tenant,
      String name,
      String storageClass,
      Map<String, String> annotations) {
    return user.persistentVolumeClaims()
        .inNamespace(tenant.namespace())
        .resource(claim(name, storageClass, annotations))
        .create();
  }

  private static PersistentVolumeClaim claim(
      String name, String storageClass, Map<String, String> annotations) {
    return Tenant.claimOf(name, storageClass)
        .editMetadata()
        .addToAnnotations(annotations)
        .endMetadata()
        .build();
  }

  /**
   * The API server hears of a webhook a moment after it was announced, and some are stamped a
   * moment after they were filed.
   */
  private static void awaitStamping(Tenant tenant, KubernetesClient user, String storageClass) {
    await("stamping").atMost(LIMIT).until(() -> isStamped(tenant, user, storageClass));
  }

  private static boolean isStamped(Tenant tenant, KubernetesClient user, String storageClass) {
    PersistentVolumeClaim probe =
        file(user, tenant, "probe-" + UUID.randomUUID(), storageClass, Map.of());
    try {
      await("stamp")
          .atMost(Duration.ofSeconds(5))
          .until(() -> annotations(now(user, probe)).containsKey(USERNAME));
      return true;
    } catch (ConditionTimeoutException e) {
      return false;
    } finally {
      user.resource(probe).delete();
    }
  }

  private static void awaitAnnotations(
      KubernetesClient user, PersistentVolumeClaim claim, Consumer<Map<String, String>> wanted) {
    await("annotations of " + claim.getMetadata().getName())
        .atMost(LIMIT)
        .untilAsserted(() -> wanted.accept(annotations(now(user, claim))));
  }

  private static PersistentVolumeClaim now(KubernetesClient user, PersistentVolumeClaim claim) {
    return user.resource(claim).get();
  }

  private static Map<String, String> annotations(PersistentVolumeClaim claim) {
    return Optional.ofNullable(claim.getMetadata().getAnnotations()).orElse(Map.of());
  }

  private static Map<String, String> stamp(PersistentVolumeClaim claim) {
    Map<String, String> annotations = annotations(claim);
    return Map.of(
        USERNAME,
        annotations.get(USERNAME),
        GROUPS,
        annotations.get(GROUPS),
        "dory.storage/filed",
        annotations.get("dory.storage/filed"));
  }

  /** What the claim's pod was handed: the Secret that it mounts. */
  private static Map<String, String> properties(Installation dory, PersistentVolumeClaim claim) {
    String beginning = "dory-provision-" + claim.getMetadata().getUid() + "-";
    Secret secret =
        await("Secret of " + claim.getMetadata().getName())
            .atMost(LIMIT)
            .until(
                () ->
                    dory
                        .client()
                        .secrets()
                        .inNamespace(Installation.NAMESPACE)
                        .list()
                        .getItems()
                        .stream()
                        .filter(found -> found.getMetadata().getName().startsWith(beginning))
                        .findFirst(),
                Optional::isPresent)
            .orElseThrow();
    Map<String, String> properties = new java.util.TreeMap<>();
    secret
        .getData()
        .forEach((name, value) ->
            properties.put(name, new String(Base64.getDecoder().decode(value), UTF_8)));
    return properties;
  }

  private static Optional<String> certificate(Installation dory) {
    return Optional.ofNullable(
            dory.client()
                .secrets()
                .inNamespace(Installation.NAMESPACE)
                .withName(WEBHOOK_SECRET)
                .get())
        .map(secret -> secret.getData().get("tls.crt"));
  }

  /** Sets the number of provisioners, waits until they are there, and answers what it was. */
  private static int scale(Installation dory, int replicas) {
    var deployment =
        dory.client()
            .apps()
            .deployments()
            .inNamespace(Installation.NAMESPACE)
            .withName("flex-provisioner");
    int before = deployment.get().getSpec().getReplicas();
    deployment.edit(
        now -> new DeploymentBuilder(now).editSpec().withReplicas(replicas).endSpec().build());
    if (replicas > 0) {
      awaitReplicas(dory);
    }
    return before;
  }

  private static void arguments(Installation dory, String argument, boolean there) {
    dory.client()
        .apps()
        .deployments()
        .inNamespace(Installation.NAMESPACE)
        .withName("flex-provisioner")
        .edit(now -> {
          var container =
              new DeploymentBuilder(now).editSpec().editTemplate().editSpec().editFirstContainer();
          return (there ? container.addToArgs(argument) : container.removeFromArgs(argument))
              .endContainer()
              .endSpec()
              .endTemplate()
              .endSpec()
              .build();
        });
    awaitReplicas(dory);
  }

  private static void awaitReplicas(Installation dory) {
    await("flex provisioner is what its Deployment says")
        .atMost(LIMIT)
        .until(() -> {
          var now =
              dory.client()
                  .apps()
                  .deployments()
                  .inNamespace(Installation.NAMESPACE)
                  .withName("flex-provisioner")
                  .get();
          int wanted = now.getSpec().getReplicas();
          var status = now.getStatus();
          return now.getMetadata().getGeneration().equals(status.getObservedGeneration())
              && Integer.valueOf(wanted).equals(status.getUpdatedReplicas())
              && Integer.valueOf(wanted).equals(status.getReadyReplicas())
              && Integer.valueOf(wanted).equals(status.getReplicas());
        });
  }

  /** A class whose pods refuse every request for good, and stay so that they can be looked at. */
  private static final class Refusing implements AutoCloseable {
    private final Installation dory;
    private final ConfigMap configMap;

    Refusing(Installation dory) {
      this.dory = dory;
      dory.offer("local");
      this.configMap =
          dory.client()
              .configMaps()
              .resource(
                  new ConfigMapBuilder()
                      .withNewMetadata()
                      .withNamespace(Installation.NAMESPACE)
                      .withName("identity")
                      .addToLabels("type", "provisioner-config")
                      .addToLabels("storage-class", "identity")
                      .endMetadata()
                      .withData(
                          Map.of(
                              "image", "dory/docker-plugin-provisioner:0.1.0",
                              "service-account-name", "local-provisioner",
                              "provisioner.docker-plugin", "local",
                              "colour", "blue"))
                      .build())
              .create();
      await("class")
          .atMost(LIMIT)
          .until(
              () -> dory.client().storage().v1().storageClasses().withName(name()).get() != null);
    }

    String name() {
      return "identity";
    }

    /** Pods that are cut off by it stay for minutes as the record of what they may have begun. */
    void end(Tenant tenant, PersistentVolumeClaim... claims) {
      for (PersistentVolumeClaim claim : claims) {
        tenant.deleteClaim(claim.getMetadata().getName());
      }
    }

    @Override
    public void close() {
      dory.client().configMaps().resource(configMap).delete();
      dory.client().storage().v1().storageClasses().withName(name()).delete();
    }
  }
}
