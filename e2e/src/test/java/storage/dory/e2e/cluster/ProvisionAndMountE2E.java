// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole way: one ConfigMap, a claim, a mounted volume, and nothing left after it. */
@ExtendWith(OnCluster.class)
class ProvisionAndMountE2E {
  private static final Duration SOON = Duration.ofMinutes(1);

  @ParameterizedTest
  @ValueSource(strings = {"rclone", "local"})
  void fileWrittenByOnePodIsReadByTheNextAndNothingStaysBehind(String plugin, Installation dory) {
    dory.offer(plugin);
    try (Tenant tenant = new Tenant(dory.client())) {
      PersistentVolumeClaim claim = tenant.claim("data", plugin);
      Traces traces = new Traces(dory, plugin, claim);
      tenant.awaitBound("data");
      assertThat(dory.volumesOf(plugin)).contains(traces.volume());

      String written =
          tenant.run(
              "writer",
              "data",
              "dd if=/dev/urandom of=/data/blob bs=1M count=1 2>/dev/null && sha256sum /data/blob");
      String read = tenant.run("reader", "data", "sha256sum /data/blob");

      assertThat(written).matches("[0-9a-f]{64} .*");
      assertThat(read).isEqualTo(written);
      tenant.deleteClaim("data");
      traces.awaitNone();
    }
  }

  @Test
  void volumeClientFollowsItsConfigMapAndItsPodStaysUntilItIsDeleted(Installation dory) {
    dory.offer("local");
    String pod = dory.volumeClient("local").getMetadata().getUid();
    String set = volumeClientSet(dory).getMetadata().getUid();
    String probe = program(dory);
    define(dory, "provisioner.vcs-liveness", "/bin/true");
    try {
      await("another probe")
          .atMost(SOON)
          .untilAsserted(() -> assertThat(program(dory)).isEqualTo("/bin/true"));
    } finally {
      define(dory, "provisioner.vcs-liveness", probe);
    }
    await("the probe as before")
        .atMost(SOON)
        .untilAsserted(() -> assertThat(program(dory)).isEqualTo(probe));

    assertThat(volumeClientSet(dory).getMetadata().getUid()).isEqualTo(set);
    assertThat(volumeClientSet(dory).getSpec().getUpdateStrategy().getType()).isEqualTo("OnDelete");
    assertThat(dory.volumeClient("local").getMetadata().getUid()).isEqualTo(pod);
  }

  private static void define(Installation dory, String key, String value) {
    var _ =
        dory.client()
            .configMaps()
            .inNamespace(Installation.NAMESPACE)
            .withName("local")
            .edit(configMap -> {
              configMap.getData().put(key, value);
              return configMap;
            });
  }

  private static DaemonSet volumeClientSet(Installation dory) {
    return dory.client()
        .apps()
        .daemonSets()
        .inNamespace(Installation.NAMESPACE)
        .withName("vcs-local")
        .get();
  }

  /** The program with which kubelet asks whether the volume client lives. */
  private static String program(Installation dory) {
    return volumeClientSet(dory)
        .getSpec()
        .getTemplate()
        .getSpec()
        .getContainers()
        .getFirst()
        .getLivenessProbe()
        .getExec()
        .getCommand()
        .getFirst();
  }

  @Test
  void claimsThatGoWhileTheirPodsAreAtWorkLeaveNothing(Installation dory) {
    dory.offer("local");
    try (Tenant tenant = new Tenant(dory.client())) {
      Traces early = new Traces(dory, "local", tenant.claim("early", "local"));
      await("its pod is made").atMost(SOON).until(() -> early.pods() > 0);
      tenant.deleteClaim("early");

      Traces late = new Traces(dory, "local", tenant.claim("late", "local"));
      tenant.awaitBound("late");
      tenant.deleteClaim("late");

      early.awaitNone();
      late.awaitNone();
    }
  }

  @Test
  void volumeSaysWhoMadeItAndHowToDeleteIt(Installation dory) {
    dory.offer("local");
    try (Tenant tenant = new Tenant(dory.client())) {
      PersistentVolumeClaim claim = tenant.claim("data", "local");
      Traces traces = new Traces(dory, "local", claim);
      tenant.awaitBound("data");
      traces.awaitSettled();

      PersistentVolume volume = dory.client().persistentVolumes().withName(traces.volume()).get();
      assertThat(volume.getSpec().getFlexVolume().getDriver()).isEqualTo("dory.storage/local");
      assertThat(volume.getMetadata().getFinalizers()).contains("dory.storage/volume");
      assertThat(volume.getMetadata().getAnnotations())
          .containsEntry("pv.kubernetes.io/provisioned-by", "dory.storage/flex-provisioner")
          .containsKey("dory.storage/definition");
      assertThat(volume.getMetadata().getAnnotations().get("dory.storage/definition"))
          .doesNotContain("token");

      tenant.deleteClaim("data");
      traces.awaitNone();
    }
  }
}
