// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The pod of the provisioner that works is killed at moments drawn by chance while claims are on
 * their way.
 */
@ExtendWith(OnCluster.class)
class ProvisionerKilledE2E {
  private static final int CLAIMS = 6;
  private static final Duration MOMENT = Duration.ofMinutes(1);

  /** What has happened to a claim when the provisioner is killed. */
  private enum Moment {
    FILED,
    POD_MADE,
    POD_STARTED,
    POD_ENDED,
    VOLUME_MADE
  }

  @Test
  void everyClaimEndsBoundWithOneVolumeAndLeavesNothing(Installation dory) {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    dory.offer("local");
    try (Tenant tenant = new Tenant(dory.client())) {
      List<Traces> all = new ArrayList<>();
      for (int i = 0; i < CLAIMS; i++) {
        PersistentVolumeClaim claim = tenant.claim("data-" + i, "local");
        Traces traces = new Traces(dory, "local", claim);
        all.add(traces);
        if (i % 2 == 0) {
          awaitMoment(dory, traces, Moment.values()[random.nextInt(Moment.values().length)]);
          kill(dory);
        }
      }

      for (int i = 0; i < CLAIMS; i++) {
        tenant.awaitBound("data-" + i);
        all.get(i).awaitSettled();
      }
      String volumes = dory.volumesOf("local");
      for (Traces traces : all) {
        assertThat(volumes.split("\"Name\":\"" + traces.volume() + "\"", -1).length - 1)
            .as("volumes named %s in %s", traces.volume(), volumes)
            .isEqualTo(1);
      }

      for (int i = 0; i < CLAIMS; i++) {
        tenant.deleteClaim("data-" + i);
        if (random.nextBoolean()) {
          kill(dory);
        }
      }
      all.forEach(Traces::awaitNone);
    }
  }

  private static void kill(Installation dory) {
    Pod pod = dory.provisioner();
    System.out.println("killing " + pod.getMetadata().getName());
    dory.client().pods().resource(pod).withGracePeriod(0).delete();
    await("another provisioner")
        .atMost(MOMENT)
        .ignoreExceptions()
        .until(() -> !dory.provisioner().getMetadata().getUid().equals(pod.getMetadata().getUid()));
  }

  private static void awaitMoment(Installation dory, Traces traces, Moment moment) {
    System.out.println("waiting for " + moment + " of " + traces.volume());
    await(moment.name())
        .atMost(MOMENT)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> has(dory, traces, moment));
  }

  private static boolean has(Installation dory, Traces traces, Moment moment) {
    boolean volume = dory.client().persistentVolumes().withName(traces.volume()).get() != null;
    return volume
        || switch (moment) {
          case FILED -> true;
          case POD_MADE -> traces.pods() > 0;
          case POD_STARTED -> inPhase(dory, traces, List.of("Running", "Succeeded"));
          case POD_ENDED -> inPhase(dory, traces, List.of("Succeeded"));
          case VOLUME_MADE -> false;
        };
  }

  private static boolean inPhase(Installation dory, Traces traces, List<String> phases) {
    return dory
        .client()
        .pods()
        .inNamespace(Installation.NAMESPACE)
        .withLabel("dory.storage/request", traces.claim().getMetadata().getUid())
        .list()
        .getItems()
        .stream()
        .anyMatch(pod -> phases.contains(pod.getStatus().getPhase()));
  }
}
