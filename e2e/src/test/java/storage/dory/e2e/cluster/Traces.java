// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;

/**
 * Everything a claim leaves in the cluster and on a node while it lives, and must not leave after.
 */
record Traces(Installation dory, String plugin, PersistentVolumeClaim claim) {
  private static final Duration GONE = Duration.ofMinutes(2);

  String volume() {
    return "pvc-" + claim.getMetadata().getUid();
  }

  /** Waits until PV, volume of the plugin, mounts, provisioning pods and Secrets are gone. */
  void awaitNone() {
    KubernetesClient client = dory.client();
    await("PV gone")
        .atMost(GONE)
        .until(() -> client.persistentVolumes().withName(volume()).get() == null);
    await("request pods gone").atMost(GONE).untilAsserted(() -> assertThat(pods()).isZero());
    await("Secrets gone").atMost(GONE).untilAsserted(() -> assertThat(secrets()).isZero());
    assertThat(dory.volumesOf(plugin)).doesNotContain(volume());
    await("mounts gone")
        .atMost(GONE)
        .untilAsserted(() -> assertThat(dory.mounts()).doesNotContain(volume()));
  }

  /** Waits until the request is over: its pods and their Secrets are gone, the volume is not. */
  void awaitSettled() {
    await("request pods gone").atMost(GONE).untilAsserted(() -> assertThat(pods()).isZero());
    await("Secrets gone").atMost(GONE).untilAsserted(() -> assertThat(secrets()).isZero());
  }

  long pods() {
    return dory.client()
        .pods()
        .inNamespace(Installation.NAMESPACE)
        .withLabel("dory.storage/request", claim.getMetadata().getUid())
        .list()
        .getItems()
        .size();
  }

  /** Whether there is a pod of that attempt just now that has failed. */
  boolean failed(int number) {
    return dory
        .client()
        .pods()
        .inNamespace(Installation.NAMESPACE)
        .withLabel("dory.storage/request", claim.getMetadata().getUid())
        .withLabel("dory.storage/attempt", Integer.toString(number))
        .list()
        .getItems()
        .stream()
        .anyMatch(pod -> "Failed".equals(pod.getStatus().getPhase()));
  }

  private long secrets() {
    String uid = claim.getMetadata().getUid();
    return dory.client().secrets().inNamespace(Installation.NAMESPACE).list().getItems().stream()
        .filter(secret -> secret.getMetadata().getName().contains(uid))
        .count();
  }
}
