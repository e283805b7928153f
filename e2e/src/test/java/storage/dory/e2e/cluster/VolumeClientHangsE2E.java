// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** rclone stopped on the node while a pod writes to its volume: it lives, and answers nobody. */
@ExtendWith(OnCluster.class)
class VolumeClientHangsE2E {
  private static final Duration SOON = Duration.ofMinutes(2);

  /** Three minutes until the probe has failed often enough, and what kubelet takes to end it. */
  private static final Duration RESTARTED = Duration.ofMinutes(6);

  /** Ends when it cannot write: kubelet starts it anew. */
  private static final String WRITES =
      "echo \"saw $(cat /data/blob)\"; while echo beat >/data/beat; do sleep 1; done; exit 1";

  @Test
  void hungVolumeClientIsToldOfRestartedByItsProbeAndItsVolumesMountedAgain(Installation dory) {
    dory.offer("rclone");
    try (Tenant tenant = new Tenant(dory.client())) {
      PersistentVolumeClaim claim = tenant.claim("data", "rclone");
      Traces traces = new Traces(dory, "rclone", claim);
      tenant.awaitBound("data");
      assertThat(tenant.run("writer", "data", "echo content >/data/blob && cat /data/blob"))
          .isEqualTo("content");
      tenant.startAgainAndAgain("user", "data", WRITES);
      await("the volume is used")
          .atMost(SOON)
          .until(() -> tenant.log("user", "shell").contains("saw content"));
      int restarts = dory.restartsOfVolumeClient("rclone");

      long stopped = System.nanoTime();
      dory.signalInVolumeClient("rclone", "rclone", "STOP");

      tenant.awaitEvent("Pod", "user", "VolumeMountHanging", SOON);
      System.out.println("event of the hanging mount after " + since(stopped));
      await("volume client restarted")
          .atMost(RESTARTED)
          .until(() -> dory.restartsOfVolumeClient("rclone") > restarts);
      System.out.println("volume client restarted after " + since(stopped));
      tenant.awaitEvent("Pod", "user", "VolumeMountDead", SOON);
      tenant.awaitEvent("Pod", "user", "VolumeMountRepaired", SOON);
      System.out.println("event of the repair after " + since(stopped));
      await("the container that was started anew sees the volume")
          .atMost(SOON)
          .untilAsserted(() -> {
            var status = tenant.pod("user").getStatus().getContainerStatuses().getFirst();
            assertThat(status.getRestartCount()).isPositive();
            assertThat(status.getState().getRunning()).isNotNull();
            assertThat(tenant.log("user", "shell")).contains("saw content");
          });
      System.out.println("the pod sees its volume after " + since(stopped));

      tenant.remove("user");
      tenant.deleteClaim("data");
      traces.awaitNone();
    }
  }

  private static String since(long start) {
    return (System.nanoTime() - start) / 1_000_000 + " ms";
  }
}
