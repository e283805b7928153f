// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodSecurityContextBuilder;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The driver under a real kubelet: it comes and goes with its plugin, and pods get what they ask.
 */
@ExtendWith(OnCluster.class)
class DriverE2E {
  private static final Duration SOON = Duration.ofMinutes(2);

  @Test
  void driverGoesWithItsPluginButNotWhileAPodHasAVolumeAndComesBack(Installation dory) {
    dory.offer("local");
    dory.agentWith("--driver-grace=3s");
    try (Tenant tenant = new Tenant(dory.client())) {
      PersistentVolumeClaim claim = tenant.claim("data", "local");
      Traces traces = new Traces(dory, "local", claim);
      tenant.awaitBound("data");
      tenant.run("writer", "data", "echo kept >/data/file");
      tenant.start("holder", "data", "echo there >/data/holder; sleep 3600");
      await("volume mounted for a pod")
          .atMost(SOON)
          .until(() -> dory.mounts().contains("dory.storage~local/" + traces.volume()));

      dory.stopVolumeClient("local");
      await("driver kept for the pod")
          .atMost(SOON)
          .until(() -> dory.agentLog().contains("driver not removed driver=dory.storage~local"));
      assertThat(dory.hasDriver("local")).isTrue();

      tenant.remove("holder");
      dory.startVolumeClient("local");
      await("the plugin was told")
          .atMost(SOON)
          .until(() -> !dory.mounts().contains(traces.volume()));
      dory.stopVolumeClient("local");
      await("driver gone").atMost(SOON).until(() -> !dory.hasDriver("local"));

      dory.startVolumeClient("local");
      dory.awaitDriver("local");
      assertThat(tenant.run("reader", "data", "cat /data/file")).isEqualTo("kept");
      tenant.deleteClaim("data");
      traces.awaitNone();
    } finally {
      dory.agentWith();
    }
  }

  @Test
  void groupOfThePodMayWriteToTheVolume(Installation dory) {
    dory.offer("local");
    try (Tenant tenant = new Tenant(dory.client())) {
      PersistentVolumeClaim claim = tenant.claim("data", "local");
      Traces traces = new Traces(dory, "local", claim);
      tenant.awaitBound("data");

      assertThat(
              tenant.run(
                  "member",
                  "data",
                  "id -u && touch /data/file && stat -c %g /data/file",
                  new PodSecurityContextBuilder().withRunAsUser(1000L).withFsGroup(2345L).build()))
          .isEqualTo("1000\n2345");
      tenant.deleteClaim("data");
      traces.awaitNone();
    }
  }
}
