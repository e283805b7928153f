// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** rclone killed on the node while a pod uses its volume. */
@ExtendWith(OnCluster.class)
class DeadMountE2E {
  private static final Duration SOON = Duration.ofMinutes(2);

  /** Ends when it cannot write: kubelet starts it anew. */
  private static final String FRAIL =
      "echo \"saw $(cat /data/blob)\"; while echo beat >/data/beat; do sleep 1; done; exit 1";

  /** Never ends, whatever it sees. */
  private static final String PATIENT =
      "while sleep 1; do cat /data/blob 2>/dev/null || echo nothing; done";

  @Test
  void volumeOfAKilledServerComesBackUnderItsPod(Installation dory) {
    dory.offer("rclone");
    try (Tenant tenant = new Tenant(dory.client())) {
      PersistentVolumeClaim claim = tenant.claim("data", "rclone");
      Traces traces = new Traces(dory, "rclone", claim);
      tenant.awaitBound("data");
      assertThat(tenant.run("writer", "data", "echo content >/data/blob && cat /data/blob"))
          .isEqualTo("content");
      tenant.start(pod());
      await("the volume is used")
          .atMost(SOON)
          .until(() ->
              tenant.log("user", "frail").contains("saw content")
                  && tenant.log("user", "patient").contains("content"));

      long killed = System.nanoTime();
      dory.killInVolumeClient("rclone", "rclone");

      tenant.awaitEvent("Pod", "user", "VolumeMountDead", SOON);
      System.out.println("event of the dead mount after " + since(killed));
      tenant.awaitEvent("Pod", "user", "VolumeMountRepaired", SOON);
      System.out.println("event of the repair after " + since(killed));
      await("the container that was started anew sees the volume")
          .atMost(SOON)
          .untilAsserted(() -> {
            assertThat(status(tenant, "frail").getRestartCount()).isPositive();
            assertThat(status(tenant, "frail").getState().getRunning()).isNotNull();
            assertThat(tenant.log("user", "frail")).contains("saw content");
          });
      assertThat(tenant.run("second", "data", "echo anew >/data/blob && cat /data/blob"))
          .isEqualTo("anew");
      await("the running container with propagation from the host sees the volume of today too")
          .atMost(SOON)
          .untilAsserted(() -> assertThat(tenant.log("user", "patient")).endsWith("anew\n"));
      assertThat(status(tenant, "patient").getRestartCount()).isZero();
      System.out.println("both containers see the volume after " + since(killed));

      tenant.remove("user");
      tenant.deleteClaim("data");
      traces.awaitNone();
    }
  }

  private static ContainerStatus status(Tenant tenant, String container) {
    return tenant.pod("user").getStatus().getContainerStatuses().stream()
        .filter(each -> each.getName().equals(container))
        .findFirst()
        .orElseThrow();
  }

  private static String since(long start) {
    return (System.nanoTime() - start) / 1_000_000 + " ms";
  }

  private static Pod pod() {
    return new PodBuilder()
        .withNewMetadata()
        .withName("user")
        .endMetadata()
        .withNewSpec()
        .withTerminationGracePeriodSeconds(2L)
        .withAutomountServiceAccountToken(false)
        .withContainers(
            List.of(
                container("frail", FRAIL, "None"),
                container("patient", PATIENT, "HostToContainer")))
        .addNewVolume()
        .withName("data")
        .withNewPersistentVolumeClaim()
        .withClaimName("data")
        .endPersistentVolumeClaim()
        .endVolume()
        .endSpec()
        .build();
  }

  private static Container container(String name, String shell, String propagation) {
    return new ContainerBuilder()
        .withName(name)
        .withImage("dory/local-plugin:0.1.0")
        .withImagePullPolicy("IfNotPresent")
        .withCommand("sh", "-c", shell)
        .addNewVolumeMount()
        .withName("data")
        .withMountPath("/data")
        .withMountPropagation(propagation)
        .endVolumeMount()
        .build();
  }
}
