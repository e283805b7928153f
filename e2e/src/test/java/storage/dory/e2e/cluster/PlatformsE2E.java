// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Nodes that are set up in other ways than kubelet's defaults. */
@ExtendWith(OnCluster.class)
class PlatformsE2E {
  /** What nodes need whose {@code /usr} is read only, and what OpenShift and others have. */
  private static final String DIRECTORY = "/var/lib/kubelet/volumeplugins";

  @Test
  void driversAreInstalledWhereKubeletIsToldToLook(Installation dory) {
    Kubelet kubelet = Kubelet.ofThisCluster();
    kubelet.stop();
    kubelet.start("--volume-plugin-dir=" + DIRECTORY);
    try (Tenant tenant = new Tenant(dory.client())) {
      dory.agentAnew();
      dory.offer("local", DIRECTORY);
      tenant.claim("data", "local");
      tenant.awaitBound("data");

      assertThat(tenant.run("writer", "data", "echo found > /data/f && cat /data/f"))
          .isEqualTo("found");
      assertThat(dory.agentLog()).contains("drivers directory=", DIRECTORY);
    } finally {
      kubelet.stop();
      kubelet.start();
      dory.agentAnew();
      dory.awaitDriver("local");
      dory.forgetDrivers(DIRECTORY);
    }
  }
}
