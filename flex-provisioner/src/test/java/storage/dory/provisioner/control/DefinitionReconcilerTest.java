// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import storage.dory.provisioner.catalog.Catalog;
import storage.dory.provisioner.catalog.ConfigMapKey;
import storage.dory.provisioner.catalog.DefinitionParser;
import storage.dory.provisioner.catalog.ProvisionerDefinition;
import storage.dory.provisioner.claim.Tell;
import storage.dory.provisioner.fakes.FakeCluster;
import storage.dory.provisioner.podrun.PodSettings;
import storage.dory.provisioner.podrun.VolumeClientSet;

class DefinitionReconcilerTest {
  private static final ConfigMapKey KEY = new ConfigMapKey(FakeCluster.TRUSTED, "silver");

  private final Cluster cluster = new Cluster();
  private final DefinitionReconciler reconciler = reconciler(cluster);

  @Test
  void classThatDisappearsWhileItIsBeingMadeIsMadeAgain() {
    cluster.keepsClasses = false;
    Optional<Duration> again = reconciler.reconcile(KEY);

    assertThat(again).as("nothing will tell of a class that the cache never showed").isPresent();
    cluster.keepsClasses = true;
    var _ = reconciler.reconcile(KEY);

    assertThat(cluster.made).hasSize(2);
    assertThat(cluster.classes).hasSize(1);
    assertThat(reconciler.reconcile(KEY)).as("nothing more to do").isEmpty();
  }

  @Test
  void whatWasLastGoodStaysInForceWhenTheProvisionerIsStartedAgain() {
    var _ = reconciler.reconcile(KEY);
    cluster.says(Map.of("image", "", "service-account-name", "silver"));
    var _ = reconciler.reconcile(KEY);

    Catalog fresh = new Catalog();
    reconciler(cluster, fresh).load();

    assertThat(fresh.lastGood(KEY).map(ProvisionerDefinition::image))
        .contains(FakeCluster.good().get("image"));
    assertThat(cluster.verdict()).contains("refused").contains("stays in force");
  }

  @Test
  void whatWasLastGoodIsASecretThatGoesWithItsConfigMap() {
    Map<String, String> data = FakeCluster.good();
    data.put("service-token", "eyJsecret");
    cluster.says(data);

    var _ = reconciler.reconcile(KEY);

    assertThat(cluster.secrets).hasSize(1);
    Secret kept = cluster.secrets.values().iterator().next();
    assertThat(kept.getMetadata().getOwnerReferences().getFirst().getUid()).isEqualTo("u");
    assertThat(kept.getMetadata().toString()).doesNotContain("eyJsecret");
  }

  @Test
  void anotherConfigMapOfTheSameNameInheritsNothing() {
    var _ = reconciler.reconcile(KEY);
    cluster.says(Map.of("image", ""));
    cluster.isNow("another-uid");

    Catalog fresh = new Catalog();
    reconciler(cluster, fresh).load();

    assertThat(fresh.lastGood(KEY)).isEmpty();
  }

  @Test
  void whatIsKeptIsWrittenOnceAndNotAgainWhileItStaysTheSame() {
    var _ = reconciler.reconcile(KEY);
    var _ = reconciler.reconcile(KEY);
    var _ = reconciler(cluster).reconcile(KEY);

    assertThat(cluster.secretWrites).isEqualTo(1);
  }

  private static DefinitionReconciler reconciler(Cluster cluster) {
    return reconciler(cluster, new Catalog());
  }

  private static DefinitionReconciler reconciler(Cluster cluster, Catalog catalog) {
    return new DefinitionReconciler(
        new ClaimReconciler.Ports(
            port(ClusterView.class, cluster),
            port(ClusterWriter.class, cluster),
            cluster,
            new Slots(next -> {}),
            FilerCheck.off(InstantSource.system()),
            RecordSeal.off(),
            Meter.NONE),
        catalog,
        new VolumeClientSet(new PodSettings("https://api", "/run/docker/plugins", "/v", "/s")),
        new DefinitionParser(Set.of()),
        changed -> {});
  }

  /** The methods of an interface that the cluster has; no other is called here. */
  private static <P> P port(Class<P> type, Cluster cluster) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) ->
                Cluster.class
                    .getDeclaredMethod(method.getName(), method.getParameterTypes())
                    .invoke(cluster, arguments)));
  }

  /** One ConfigMap, and classes. */
  static final class Cluster implements EventSink {
    private final List<StorageClass> made = new ArrayList<>();
    private final List<StorageClass> classes = new ArrayList<>();
    private boolean keepsClasses = true;
    private ConfigMap configMap =
        new ConfigMapBuilder()
            .withNewMetadata()
            .withNamespace(KEY.namespace())
            .withName(KEY.name())
            .withUid("u")
            .addToLabels("storage-class", "silver")
            .endMetadata()
            .withData(FakeCluster.good())
            .build();

    private final Map<String, Secret> secrets = new HashMap<>();
    private int secretWrites;

    private void says(Map<String, String> data) {
      configMap = new ConfigMapBuilder(configMap).withData(data).build();
    }

    private void isNow(String uid) {
      configMap = new ConfigMapBuilder(configMap).editMetadata().withUid(uid).endMetadata().build();
    }

    private String verdict() {
      return configMap.getMetadata().getAnnotations().getOrDefault("dory.storage/verdict", "");
    }

    List<ConfigMap> configMaps() {
      return List.of(configMap);
    }

    Optional<Secret> readSecret(String namespace, String name) {
      return Optional.ofNullable(secrets.get(namespace + "/" + name));
    }

    Written<Secret> writeSecret(Secret secret, Optional<Secret> found) {
      secretWrites++;
      secrets.put(
          secret.getMetadata().getNamespace() + "/" + secret.getMetadata().getName(), secret);
      return new Written.Done<>(secret);
    }

    Optional<ConfigMap> configMap(ConfigMapKey key) {
      return Optional.of(configMap);
    }

    Optional<StorageClass> storageClass(String name) {
      return classes.stream().findFirst();
    }

    Written<StorageClass> createClass(StorageClass storageClass) {
      made.add(storageClass);
      if (keepsClasses) {
        classes.add(storageClass);
      }
      return new Written.Done<>(storageClass);
    }

    Written<ConfigMap> annotate(ConfigMap judged, String annotation, String value) {
      configMap =
          new ConfigMapBuilder(judged)
              .editMetadata()
              .withAnnotations(Map.of(annotation, value))
              .endMetadata()
              .build();
      return new Written.Done<>(configMap);
    }

    @Override
    public void tell(Tell tell) {}

    @Override
    public void tell(
        ConfigMapKey about, String objectUid, boolean warning, String reason, String message) {}
  }
}
