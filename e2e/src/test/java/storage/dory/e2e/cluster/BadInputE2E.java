// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a mistake looks like to the one who made it. */
@ExtendWith(OnCluster.class)
class BadInputE2E {
  private static final Duration TOLD = Duration.ofSeconds(60);

  @Test
  void configMapWithoutImageAndWithAnUnknownKeyIsRefusedWithBothKeysAndMakesNoClass(
      Installation dory) {
    ConfigMap bad =
        definition("bad-config", Map.of("service-account-name", "x", "provisioner.colour", "blue"));
    dory.client().configMaps().resource(bad).create();
    try {
      await("refusal")
          .atMost(TOLD)
          .untilAsserted(() ->
              assertThat(eventsOn(dory, "bad-config"))
                  .anySatisfy(event ->
                      assertThat(event)
                          .contains("ProvisionerRefused", "image", "provisioner.colour")));
      assertThat(dory.client().storage().v1().storageClasses().withName("bad-config").get())
          .isNull();
    } finally {
      dory.client().configMaps().resource(bad).delete();
    }
  }

  @Test
  void blockClaimIsToldWhyAndGetsNoPod(Installation dory) {
    dory.offer("local");
    try (Tenant tenant = new Tenant(dory.client())) {
      PersistentVolumeClaim claim =
          tenant.file(
              Tenant.claimOf("raw", "local").editSpec().withVolumeMode("Block").endSpec().build());

      await("reason")
          .atMost(TOLD)
          .untilAsserted(() ->
              assertThat(tenant.eventsOf("PersistentVolumeClaim", "raw"))
                  .anySatisfy(event -> assertThat(event).contains("ProvisioningFailed", "Block")));
      assertThat(new Traces(dory, "local", claim).pods()).isZero();
    }
  }

  @Test
  void refusalOfThePluginIsToldInItsOwnWordsTriedAgainAndLeavesNothing(Installation dory) {
    dory.offer("local");
    ConfigMap refused =
        definition(
            "refused",
            Map.of(
                "image", "dory/docker-plugin-provisioner:0.1.0",
                "service-account-name", "local-provisioner",
                "provisioner.docker-plugin", "local",
                "colour", "blue"));
    dory.client().configMaps().resource(refused).create();
    try (Tenant tenant = new Tenant(dory.client())) {
      await("class")
          .atMost(TOLD)
          .until(() ->
              dory.client().storage().v1().storageClasses().withName("refused").get() != null);
      PersistentVolumeClaim claim = tenant.claim("data", "refused");
      Traces traces = new Traces(dory, "local", claim);

      await("reason")
          .atMost(TOLD)
          .untilAsserted(() ->
              assertThat(tenant.eventsOf("PersistentVolumeClaim", "data"))
                  .anySatisfy(event -> assertThat(event).contains("ProvisioningFailed", "colour")));
      // one that is cut off would be kept for minutes as the record of what it may have begun
      await("second attempt").atMost(TOLD).until(() -> traces.failed(2));

      tenant.deleteClaim("data");
      traces.awaitNone();
    } finally {
      dory.client().configMaps().resource(refused).delete();
      dory.client().storage().v1().storageClasses().withName("refused").delete();
    }
  }

  @Test
  void absentPluginSocketIsNamedOnThePodWhichGoesOnOnceThePluginIsBack(Installation dory) {
    dory.offer("local");
    try (Tenant tenant = new Tenant(dory.client())) {
      PersistentVolumeClaim claim = tenant.claim("data", "local");
      Traces traces = new Traces(dory, "local", claim);
      tenant.awaitBound("data");
      traces.awaitSettled();
      dory.stopVolumeClient("local");
      try {
        tenant.start("reader", "data", "ls /data");
        await("reason on the pod")
            .atMost(TOLD)
            .untilAsserted(() ->
                assertThat(tenant.eventsOf("Pod", "reader"))
                    .anySatisfy(event ->
                        assertThat(event)
                            .contains("FailedMount", "/run/docker/plugins/local.sock")));
      } finally {
        dory.startVolumeClient("local");
      }

      tenant.awaitEnd("reader");
      tenant.remove("reader");
      tenant.deleteClaim("data");
      traces.awaitNone();
    }
  }

  private static ConfigMap definition(String name, Map<String, String> data) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withNamespace(Installation.NAMESPACE)
        .withName(name)
        .addToLabels("type", "provisioner-config")
        .addToLabels("storage-class", name)
        .endMetadata()
        .withData(data)
        .build();
  }

  private static List<String> eventsOn(Installation dory, String configMap) {
    return dory
        .client()
        .v1()
        .events()
        .inNamespace(Installation.NAMESPACE)
        .list()
        .getItems()
        .stream()
        .filter(event -> configMap.equals(event.getInvolvedObject().getName()))
        .map(event -> event.getReason() + ": " + event.getMessage())
        .toList();
  }
}
