// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import storage.dory.provisioner.fakes.FakeCluster;
import storage.dory.provisioner.fakes.FakeControlPlane.Ending;
import storage.dory.provisioner.fakes.Mortal;
import storage.dory.provisioner.fakes.Quota;
import storage.dory.provisioner.volume.Marks;

/** The whole provisioner against an API server in memory. */
class ProvisionerMockApiTest {
  private static final String CLASS = "silver";

  private static FakeCluster cluster;

  private KubernetesClient client;

  @BeforeAll
  static void startCluster() {
    cluster = new FakeCluster();
    var _ = cluster.define("silver-provisioner", CLASS, FakeCluster.good());
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
  }

  @BeforeEach
  void connect() {
    client = cluster.client();
    cluster.around().usualPods();
  }

  @AfterEach
  void disconnect() {
    client.close();
  }

  @Test
  void claimEndsWithOneVolumeAndDeletingItWithNone() {
    Mortal counter = new Mortal(Integer.MAX_VALUE, Mortal.Moment.TELLS);
    try (Provisioner provisioner = cluster.provisioner(client, counter)) {
      await("class", () -> classIsThere());
      int before = counter.requests();
      PersistentVolumeClaim claim = cluster.claim(CLASS);

      await("bound and tidy", () -> cluster.bound(claim) && cluster.tidy());

      assertThat(counter.requests() - before).as("requests for one claim").isLessThanOrEqualTo(8);
      PersistentVolume volume = cluster.volumes().getFirst();
      assertThat(volume.getMetadata().getName()).isEqualTo(volumeName(claim));
      assertThat(volume.getMetadata().getFinalizers()).contains(Marks.VOLUME_FINALIZER);
      assertThat(volume.getMetadata().getAnnotations())
          .containsEntry(Marks.PROVISIONED_BY, Marks.PROVISIONER)
          .containsKey(Marks.DEFINITION);
      await("told", () -> told(claim, "ProvisioningSucceeded") && told(claim, "Provisioning:"));

      cluster.unclaim(claim);

      awaitNothingLeft();
      assertThat(provisioner.ill()).isEmpty();
    }
  }

  @Test
  void failureIsToldInThePodsWordsAndTriedAgain() {
    AtomicInteger runs = new AtomicInteger();
    cluster
        .around()
        .pods(properties ->
            runs.incrementAndGet() == 1
                ? cluster.around().half(properties)
                : cluster.around().usual(properties));
    try (Provisioner provisioner = cluster.provisioner(client, writer -> writer)) {
      PersistentVolumeClaim claim = cluster.claim(CLASS);

      await("bound and tidy", () -> cluster.bound(claim) && cluster.tidy());

      await("told", () -> told(claim, "array is busy (exit code 1)"));
      assertThat(runs).hasValue(2);
      cluster.unclaim(claim);
      awaitNothingLeft();
      assertThat(provisioner.ill()).isEmpty();
    }
  }

  @Test
  void finalEndingRestsUntilTheConfigMapChanges() {
    cluster.around().pods(properties -> new Ending(2, "no such zone"));
    try (Provisioner provisioner = cluster.provisioner(client, writer -> writer)) {
      PersistentVolumeClaim claim = cluster.claim(CLASS);
      await("told", () -> told(claim, "it can never work: no such zone"));
      assertThat(cluster.pods()).hasSize(1);

      cluster.around().usualPods();
      Map<String, String> mended = FakeCluster.good();
      mended.put("zone", "z2");
      var _ = cluster.define("silver-provisioner", CLASS, mended);

      await("bound and tidy", () -> cluster.bound(claim) && cluster.tidy());
      cluster.unclaim(claim);
      awaitNothingLeft();
      var _ = cluster.define("silver-provisioner", CLASS, FakeCluster.good());
      assertThat(provisioner.ill()).isEmpty();
    }
  }

  @Test
  void claimDeletedAfterAFailureIsUndone() {
    cluster.around().pods(cluster.around()::half);
    try (Provisioner provisioner = cluster.provisioner(client, writer -> writer)) {
      PersistentVolumeClaim claim = cluster.claim(CLASS);
      await("told", () -> told(claim, "array is busy"));
      assertThat(cluster.around().backend()).contains(volumeName(claim));

      cluster.unclaim(claim);

      awaitNothingLeft();
      assertThat(provisioner.ill()).isEmpty();
    }
  }

  @Test
  void deletionThatFailsIsToldOnTheVolumeAndTriedAgain() {
    try (Provisioner provisioner = cluster.provisioner(client, writer -> writer)) {
      PersistentVolumeClaim claim = cluster.claim(CLASS);
      await("bound and tidy", () -> cluster.bound(claim) && cluster.tidy());
      cluster.around().pods(properties -> new Ending(1, "volume is in use"));

      cluster.unclaim(claim);

      await(
          "told",
          () ->
              cluster.told("default", volumeName(claim)).stream()
                  .anyMatch(t -> t.contains("VolumeFailedDelete") && t.contains("in use")));
      assertThat(cluster.volumes()).hasSize(1);
      cluster.around().usualPods();
      awaitNothingLeft();
      assertThat(provisioner.ill()).isEmpty();
    }
  }

  @Test
  void blockModeIsRefusedWithoutAPod() {
    try (Provisioner provisioner = cluster.provisioner(client, writer -> writer)) {
      int before = cluster.around().startedPods();
      PersistentVolumeClaim claim =
          cluster.claim(CLASS, builder -> builder.editSpec().withVolumeMode("Block").endSpec());

      await("told", () -> told(claim, "volumeMode Block is not served"));

      assertThat(cluster.around().startedPods()).isEqualTo(before);
      cluster.unclaim(claim);
      assertThat(provisioner.ill()).isEmpty();
    }
  }

  @Test
  void badConfigMapIsRefusedOnItWithEveryKeyAndMakesNoClass() {
    try (Provisioner provisioner = cluster.provisioner(client, writer -> writer)) {
      var _ =
          cluster.define(
              "bronze-provisioner", "bronze", Map.of("provisioner.tiemout", "5m", "zone", "a"));

      await(
          "told",
          () ->
              cluster.told(FakeCluster.TRUSTED, "bronze-provisioner").stream()
                  .anyMatch(t ->
                      t.startsWith("ProvisionerRefused")
                          && t.contains("image: is missing")
                          && t.contains("service-account-name: is missing")
                          && t.contains("provisioner.tiemout: there is no such key")));
      assertThat(cluster.api().storage().v1().storageClasses().withName("bronze").get()).isNull();
      await(
          "verdict",
          () ->
              cluster
                  .api()
                  .configMaps()
                  .inNamespace(FakeCluster.TRUSTED)
                  .withName("bronze-provisioner")
                  .get()
                  .getMetadata()
                  .getAnnotations()
                  .getOrDefault(Marks.VERDICT, "")
                  .contains("\"state\":\"refused\""));
      assertThat(provisioner.ill()).isEmpty();
    }
  }

  @Test
  void configMapInANamespaceThatIsNotTrustedIsIgnoredAndItsAuthorIsTold() {
    try (Provisioner provisioner = cluster.provisioner(client, writer -> writer)) {
      ConfigMap stray =
          cluster
              .api()
              .resource(
                  new ConfigMapBuilder()
                      .withNewMetadata()
                      .withNamespace(FakeCluster.USERS)
                      .withName("stray")
                      .withLabels(Map.of("type", "provisioner-config", "storage-class", "stray"))
                      .endMetadata()
                      .withData(FakeCluster.good())
                      .build())
              .create();

      await(
          "told",
          () ->
              cluster.told(FakeCluster.USERS, "stray").stream()
                  .anyMatch(t ->
                      t.startsWith("ProvisionerIgnored")
                          && t.contains(FakeCluster.TRUSTED + " only")
                          && t.contains("--namespace " + FakeCluster.USERS)));

      assertThat(cluster.api().storage().v1().storageClasses().withName("stray").get()).isNull();
      cluster.api().resource(stray).delete();
      assertThat(provisioner.ill()).isEmpty();
    }
  }

  @Test
  void volumeClientThatSomebodyDeletedIsMadeAgain() {
    Map<String, String> data = new HashMap<>(FakeCluster.good());
    data.put("provisioner.docker-plugin", "tape");
    data.put("provisioner.vcs-image", "acme/tape:1");
    try (Provisioner provisioner =
        cluster.provisioner(client, new Mortal(Integer.MAX_VALUE, Mortal.Moment.TELLS))) {
      ConfigMap tape = cluster.define("tape-provisioner", "tape", data);
      await("volume client", () -> !volumeClients("vcs-tape").isEmpty());
      DaemonSet first = volumeClients("vcs-tape").getFirst();

      cluster.api().resource(first).delete();

      await(
          "another",
          () ->
              volumeClients("vcs-tape").stream()
                  .anyMatch(
                      set -> !set.getMetadata().getUid().equals(first.getMetadata().getUid())));
      cluster.api().resource(tape).delete();
      volumeClients("vcs-tape").forEach(set -> cluster.api().resource(set).delete());
      assertThat(provisioner.ill()).isEmpty();
    }
  }

  @Test
  void volumeClientFollowsAllOfItsConfigMapAndKeepsWhatOthersChanged() {
    Map<String, String> data = new HashMap<>(FakeCluster.good());
    data.put("provisioner.docker-plugin", "disc");
    data.put("provisioner.vcs-image", "acme/disc:1");
    data.put("provisioner.vcs-secret", "remotes");
    data.put("provisioner.node-selector", "disc=yes,quick=no");
    try (Provisioner provisioner =
        cluster.provisioner(client, new Mortal(Integer.MAX_VALUE, Mortal.Moment.TELLS))) {
      var _ = cluster.define("disc-provisioner", "disc", data);
      await("volume client", () -> !volumeClients("vcs-disc").isEmpty());
      String uid = volumeClients("vcs-disc").getFirst().getMetadata().getUid();

      data.remove("provisioner.vcs-secret");
      data.put("provisioner.vcs-image", "acme/disc:2");
      data.put("provisioner.vcs-liveness", "/opt/acme/alive");
      data.put("provisioner.node-selector", "disc=fast");
      var _ = cluster.define("disc-provisioner", "disc", data);
      await(
          "changed",
          () -> {
            PodSpec pod = volumeClients("vcs-disc").getFirst().getSpec().getTemplate().getSpec();
            Container container = pod.getContainers().getFirst();
            return container.getImage().equals("acme/disc:2")
                && container.getLivenessProbe() != null
                && container.getVolumeMounts().size() == 3
                && pod.getVolumes().size() == 3
                && pod.getNodeSelector().equals(Map.of("disc", "fast"));
          });

      var _ =
          cluster
              .api()
              .resource(
                  new DaemonSetBuilder(volumeClients("vcs-disc").getFirst())
                      .editSpec()
                      .withMinReadySeconds(9)
                      .editTemplate()
                      .editSpec()
                      .withPriorityClassName("theirs")
                      .endSpec()
                      .endTemplate()
                      .endSpec()
                      .build())
              .update();
      data.put("zone", "z7");
      ConfigMap disc = cluster.define("disc-provisioner", "disc", data);
      String second = "tray-provisioner";
      data.put("provisioner.vcs-image", "acme/disc:3");
      data.put("provisioner.node-selector", "disc=slow");
      ConfigMap tray = cluster.define(second, "tray", data);
      await(
          "left alone",
          () ->
              cluster.told(FakeCluster.TRUSTED, second).stream()
                  .anyMatch(t ->
                      t.contains("follows no change")
                          && t.contains("disc-provisioner")
                          && t.endsWith("give each another provisioner.docker-plugin")));

      DaemonSet last = volumeClients("vcs-disc").getFirst();
      assertThat(last.getMetadata().getUid()).isEqualTo(uid);
      assertThat(last.getSpec().getMinReadySeconds()).isEqualTo(9);
      assertThat(last.getSpec().getTemplate().getSpec().getPriorityClassName()).isEqualTo("theirs");
      assertThat(last.getSpec().getTemplate().getSpec().getContainers().getFirst().getImage())
          .isEqualTo("acme/disc:2");
      cluster.api().resource(disc).delete();
      cluster.api().resource(tray).delete();
      cluster.api().resource(last).delete();
      assertThat(provisioner.ill()).isEmpty();
    }
  }

  private static List<DaemonSet> volumeClients(String name) {
    return cluster
        .api()
        .apps()
        .daemonSets()
        .inNamespace(FakeCluster.TRUSTED)
        .list()
        .getItems()
        .stream()
        .filter(set -> set.getMetadata().getName().equals(name))
        .toList();
  }

  @Test
  void rescheduleGivesTheNodeBackToTheScheduler() {
    Map<String, String> data = FakeCluster.good();
    data.put("provisioner.volume-binding-mode", "WaitForFirstConsumer");
    var _ = cluster.define("local-provisioner", "local", data);
    cluster
        .around()
        .pods(properties ->
            "node-1".equals(properties.get("selected-node"))
                ? new Ending(3, "no disk here")
                : cluster.around().usual(properties));
    try (Provisioner provisioner = cluster.provisioner(client, writer -> writer)) {
      PersistentVolumeClaim claim =
          cluster.claim(
              "local",
              builder ->
                  builder
                      .editMetadata()
                      .addToAnnotations(Marks.SELECTED_NODE, "node-1")
                      .endMetadata());
      await("given back", () -> selectedNode(claim).isEmpty());
      await("told", () -> told(claim, "no disk here"));

      select(claim, "node-2");

      await("bound and tidy", () -> cluster.bound(claim) && cluster.tidy());
      cluster.unclaim(claim);
      awaitNothingLeft();
      assertThat(provisioner.ill()).isEmpty();
    }
  }

  @Test
  void podThatAQuotaForbidsIsToldAtOnceAndMadeWhenThereIsRoom() {
    Quota quota = new Quota();
    try (Provisioner provisioner = cluster.provisioner(client, quota)) {
      PersistentVolumeClaim claim = cluster.claim(CLASS);
      await("told", () -> told(claim, "cannot be made: exceeded quota: small, requested: pods=1"));
      assertThat(cluster.pods()).isEmpty();

      quota.lift();

      await("bound and tidy", () -> cluster.bound(claim) && cluster.tidy());
      cluster.unclaim(claim);
      awaitNothingLeft();
      assertThat(provisioner.ill()).isEmpty();
    }
  }

  @Test
  void backOffOfOneClaimHoldsUpNoOther() {
    Map<String, String> data = FakeCluster.good();
    data.put("provisioner.max-pods", "1");
    var _ = cluster.define("silver-provisioner", CLASS, data);
    try (Provisioner provisioner = cluster.provisioner(client, writer -> writer)) {
      PersistentVolumeClaim bad = cluster.claim(CLASS);
      String badVolume = volumeName(bad);
      cluster
          .around()
          .pods(properties ->
              badVolume.equals(properties.get("pv-name"))
                  ? cluster.around().half(properties)
                  : cluster.around().usual(properties));
      await("told", () -> told(bad, "attempt 2 of 15 failed: array is busy"));
      List<PersistentVolumeClaim> good =
          List.of(cluster.claim(CLASS), cluster.claim(CLASS), cluster.claim(CLASS));

      await("others bound", () -> good.stream().allMatch(cluster::bound));

      assertThat(cluster.bound(bad)).isFalse();
      cluster.around().usualPods();
      cluster.unclaim(bad);
      good.forEach(cluster::unclaim);
      awaitNothingLeft();
      var _ = cluster.define("silver-provisioner", CLASS, FakeCluster.good());
      assertThat(provisioner.ill()).isEmpty();
    }
  }

  @Test
  void claimThatGrowsIsExpandedByAPodAndSaysSo() {
    List<String> sizes = new CopyOnWriteArrayList<>();
    cluster
        .around()
        .pods(properties -> {
          if ("expand".equals(properties.get("action"))) {
            sizes.add(properties.get("size"));
          }
          return cluster.around().usual(properties);
        });
    try (Provisioner provisioner = cluster.provisioner(client, writer -> writer)) {
      PersistentVolumeClaim claim = cluster.claim(CLASS);
      await("bound and tidy", () -> cluster.bound(claim) && cluster.tidy());

      for (String size : List.of("20Mi", "1Gi")) {
        ask(claim, size);
        await("has " + size, () -> has(claim, size) && cluster.tidy());
        await("told", () -> told(claim, "VolumeResizeSuccessful: the volume has "));
      }

      assertThat(sizes).containsExactly("20971520", "1073741824");
      assertThat(current(claim).getStatus().getConditions()).isNullOrEmpty();
      cluster.unclaim(claim);
      awaitNothingLeft();
      assertThat(provisioner.ill()).isEmpty();
    }
  }

  @Test
  void expansionThatFailsIsToldOnTheClaimInThePodsWords() {
    try (Provisioner provisioner = cluster.provisioner(client, writer -> writer)) {
      PersistentVolumeClaim claim = cluster.claim(CLASS);
      await("bound and tidy", () -> cluster.bound(claim) && cluster.tidy());
      cluster.around().pods(properties -> new Ending(2, "volumes of this array do not grow"));

      ask(claim, "20Mi");

      await(
          "told",
          () ->
              told(
                  claim,
                  "VolumeResizeFailed: it can never work: volumes of this array do not grow"));
      await("condition", () -> !current(claim).getStatus().getConditions().isEmpty());
      cluster.around().usualPods();
      cluster.unclaim(claim);
      awaitNothingLeft();
      assertThat(provisioner.ill()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Mortal.Moment.class,
      names = {"DIES_BEFORE", "DIES_AFTER"})
  void killedAtAnyRequestOfAnExpansionTheVolumeGrowsOnceAndNothingIsLeft(Mortal.Moment moment)
      throws InterruptedException {
    boolean reached = true;
    int k = 0;
    PersistentVolumeClaim claim = cluster.claim(CLASS);
    try (KubernetesClient first = cluster.client();
        Provisioner provisioner = cluster.provisioner(first, writer -> writer)) {
      await("bound and tidy", () -> cluster.bound(claim) && cluster.tidy());
      assertThat(provisioner.ill()).isEmpty();
    }
    while (reached) {
      k++;
      String size = (10 + k) + "Mi";
      ask(claim, size);
      reached = killAt(k, moment, () -> has(claim, size) && cluster.tidy());
      try (KubernetesClient second = cluster.client();
          Provisioner provisioner = cluster.provisioner(second, writer -> writer)) {
        await("request " + k + " " + moment, () -> has(claim, size) && cluster.tidy());
        assertThat(current(claim).getStatus().getConditions()).isNullOrEmpty();
        assertThat(provisioner.ill()).isEmpty();
      }
    }
    try (Provisioner provisioner = cluster.provisioner(client, writer -> writer)) {
      cluster.unclaim(claim);
      awaitNothingLeft();
      assertThat(provisioner.ill()).isEmpty();
    }
    assertThat(k).as("requests of one expansion, and two").isBetween(7, 12);
  }

  private static void ask(PersistentVolumeClaim claim, String size) {
    var _ =
        cluster
            .api()
            .persistentVolumeClaims()
            .inNamespace(FakeCluster.USERS)
            .withName(claim.getMetadata().getName())
            .edit(now ->
                new PersistentVolumeClaimBuilder(now)
                    .editSpec()
                    .editResources()
                    .withRequests(Map.of("storage", new Quantity(size)))
                    .endResources()
                    .endSpec()
                    .build());
  }

  private static boolean has(PersistentVolumeClaim claim, String size) {
    Quantity wanted = new Quantity(size);
    return wanted.equals(current(claim).getStatus().getCapacity().get("storage"))
        && cluster.volumes().stream()
            .filter(volume -> volume.getMetadata().getName().equals(volumeName(claim)))
            .allMatch(volume -> wanted.equals(volume.getSpec().getCapacity().get("storage")));
  }

  @ParameterizedTest
  @EnumSource(
      value = Mortal.Moment.class,
      names = {"DIES_BEFORE", "DIES_AFTER"})
  void killedAtAnyRequestTheClaimEndsWithOneVolumeAndNothingElse(Mortal.Moment moment)
      throws InterruptedException {
    boolean reached = true;
    int k = 0;
    while (reached) {
      k++;
      PersistentVolumeClaim claim = cluster.claim(CLASS);
      reached = killAt(k, moment, () -> cluster.bound(claim) && cluster.tidy());
      try (KubernetesClient second = cluster.client();
          Provisioner provisioner = cluster.provisioner(second, writer -> writer)) {
        await("request " + k + " " + moment, () -> cluster.bound(claim) && cluster.tidy());
        assertThat(cluster.volumes()).as("request " + k).hasSize(1);
        assertThat(cluster.around().backend()).isEqualTo(Set.of(volumeName(claim)));
        cluster.unclaim(claim);
        awaitNothingLeft();
        assertThat(provisioner.ill()).isEmpty();
      }
    }
    assertThat(k).as("requests of one claim, and one").isBetween(6, 13);
  }

  @ParameterizedTest
  @EnumSource(Mortal.Moment.class)
  void claimDeletedAtAnyRequestEndsWithNothing(Mortal.Moment moment) throws InterruptedException {
    boolean reached = true;
    int k = 0;
    while (reached) {
      k++;
      PersistentVolumeClaim claim = cluster.claim(CLASS);
      reached = deleteAt(k, moment, claim);
      try (KubernetesClient second = cluster.client();
          Provisioner provisioner = cluster.provisioner(second, writer -> writer)) {
        cluster.unclaim(claim);
        awaitNothingLeft();
        assertThat(provisioner.ill()).isEmpty();
      }
    }
    assertThat(k).as("requests of one claim, and one").isBetween(6, 13);
  }

  @ParameterizedTest
  @EnumSource(
      value = Mortal.Moment.class,
      names = {"DIES_BEFORE", "DIES_AFTER"})
  void killedAtAnyRequestOfADeletionNothingIsLeft(Mortal.Moment moment)
      throws InterruptedException {
    boolean reached = true;
    int k = 0;
    while (reached) {
      k++;
      PersistentVolumeClaim claim = cluster.claim(CLASS);
      try (KubernetesClient first = cluster.client();
          Provisioner provisioner = cluster.provisioner(first, writer -> writer)) {
        await("bound and tidy", () -> cluster.bound(claim) && cluster.tidy());
        assertThat(provisioner.ill()).isEmpty();
      }
      cluster.unclaim(claim);
      reached = killAt(k, moment, this::nothingLeft);
      try (KubernetesClient second = cluster.client();
          Provisioner provisioner = cluster.provisioner(second, writer -> writer)) {
        awaitNothingLeft();
        assertThat(provisioner.ill()).isEmpty();
      }
    }
    assertThat(k).as("requests of one deletion, and one").isBetween(6, 14);
  }

  /** Runs a provisioner until its k-th request or until it is done; whether it came to the k-th. */
  private static boolean killAt(int k, Mortal.Moment moment, BooleanSupplier done)
      throws InterruptedException {
    Mortal mortal = new Mortal(k, moment);
    try (KubernetesClient first = cluster.client();
        Provisioner provisioner = cluster.provisioner(first, mortal)) {
      long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (System.nanoTime() < end) {
        if (mortal.reached(20)) {
          return true;
        }
        if (done.getAsBoolean()) {
          return mortal.reached(100);
        }
      }
      throw new AssertionError(
          "neither done nor at request " + k + ": " + cluster.left() + provisioner.ill());
    }
  }

  private static boolean deleteAt(int k, Mortal.Moment moment, PersistentVolumeClaim claim)
      throws InterruptedException {
    Mortal mortal = new Mortal(k, moment);
    try (KubernetesClient first = cluster.client();
        Provisioner provisioner = cluster.provisioner(first, mortal)) {
      long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (System.nanoTime() < end) {
        if (mortal.reached(20)) {
          cluster.unclaim(claim);
          if (moment == Mortal.Moment.TELLS) {
            awaitNothingLeft();
          }
          return true;
        }
        if (cluster.bound(claim) && cluster.tidy()) {
          return mortal.reached(100);
        }
      }
      throw new AssertionError(
          "neither done nor at request " + k + ": " + cluster.left() + provisioner.ill());
    }
  }

  private static void awaitNothingLeft() {
    await("nothing left", ProvisionerMockApiTest::isNothingLeft);
  }

  private boolean nothingLeft() {
    return isNothingLeft();
  }

  private static boolean isNothingLeft() {
    return cluster.tidy() && cluster.volumes().isEmpty() && cluster.around().backend().isEmpty();
  }

  private static boolean classIsThere() {
    return cluster.api().storage().v1().storageClasses().withName(CLASS).get() != null;
  }

  private static String volumeName(PersistentVolumeClaim claim) {
    return "pvc-" + claim.getMetadata().getUid();
  }

  private static boolean told(PersistentVolumeClaim claim, String words) {
    return cluster.told(FakeCluster.USERS, claim.getMetadata().getName()).stream()
        .anyMatch(text -> text.contains(words));
  }

  private static String selectedNode(PersistentVolumeClaim claim) {
    String node = current(claim).getMetadata().getAnnotations().get(Marks.SELECTED_NODE);
    return node == null ? "" : node;
  }

  private static void select(PersistentVolumeClaim claim, String node) {
    var _ =
        cluster
            .api()
            .persistentVolumeClaims()
            .inNamespace(FakeCluster.USERS)
            .withName(claim.getMetadata().getName())
            .edit(now ->
                new PersistentVolumeClaimBuilder(now)
                    .editMetadata()
                    .addToAnnotations(Marks.SELECTED_NODE, node)
                    .endMetadata()
                    .build());
  }

  private static PersistentVolumeClaim current(PersistentVolumeClaim claim) {
    return cluster
        .api()
        .persistentVolumeClaims()
        .inNamespace(FakeCluster.USERS)
        .withName(claim.getMetadata().getName())
        .get();
  }

  private static void await(String what, BooleanSupplier condition) {
    try {
      Awaitility.await(what)
          .atMost(Duration.ofSeconds(20))
          .pollInterval(Duration.ofMillis(20))
          .until(condition::getAsBoolean);
    } catch (org.awaitility.core.ConditionTimeoutException e) {
      throw new AssertionError(what + ": " + cluster.left(), e);
    }
  }
}
