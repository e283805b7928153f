// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Two flex provisioners, of which the one that works is taken away while claims are on their way.
 */
@ExtendWith(OnCluster.class)
class LeaderElectionE2E {
  private static final int CLAIMS = 4;
  private static final int LOST = 75;
  private static final Duration MOMENT = Duration.ofMinutes(1);

  private final Set<String> podsMade = ConcurrentHashMap.newKeySet();

  @Test
  void leaderThatIsDeletedByForceLeavesItsClaimsToTheOther(Installation dory) {
    dory.offer("local");
    try (Tenant tenant = new Tenant(dory.client());
        var _ = watch(dory)) {
      List<Traces> all = file(dory, tenant, "before");
      Pod leader = dory.provisioner();

      dory.client().pods().resource(leader).withGracePeriod(0).delete();

      all.addAll(file(dory, tenant, "after"));
      awaitBoundWithOnePodEach(tenant, all);
      assertThat(dory.provisioner().getMetadata().getUid())
          .isNotEqualTo(leader.getMetadata().getUid());
      takeBack(tenant, all);
    }
  }

  @Test
  void leaderThatStandsStillBeyondItsLeaseEndsWhenItWakesUp(Installation dory) {
    dory.offer("local");
    try (Tenant tenant = new Tenant(dory.client());
        var _ = watch(dory)) {
      List<Traces> all = file(dory, tenant, "before");
      Pod leader = dory.provisioner();

      signal(dory, "STOP", leader);
      all.addAll(file(dory, tenant, "after"));
      await("another leader")
          .atMost(MOMENT)
          .ignoreExceptions()
          .until(() ->
              !dory.provisioner().getMetadata().getUid().equals(leader.getMetadata().getUid()));
      signal(dory, "CONT", leader);

      await("its process ended by itself")
          .atMost(MOMENT)
          .untilAsserted(() -> assertThat(lastExitCodes(dory, leader)).containsExactly(LOST));
      awaitBoundWithOnePodEach(tenant, all);
      takeBack(tenant, all);
    }
  }

  private static List<Traces> file(Installation dory, Tenant tenant, String prefix) {
    List<Traces> traces = new ArrayList<>();
    for (int i = 0; i < CLAIMS; i++) {
      PersistentVolumeClaim claim = tenant.claim(prefix + "-" + i, "local");
      traces.add(new Traces(dory, "local", claim));
    }
    return traces;
  }

  private void awaitBoundWithOnePodEach(Tenant tenant, List<Traces> all) {
    for (Traces traces : all) {
      tenant.awaitBound(traces.claim().getMetadata().getName());
      traces.awaitSettled();
      String uid = traces.claim().getMetadata().getUid();
      assertThat(podsMade.stream().filter(pod -> pod.contains("provision-" + uid)))
          .as("pods that were made for %s", traces.volume())
          .hasSize(1);
    }
  }

  private static void takeBack(Tenant tenant, List<Traces> all) {
    all.forEach(traces -> tenant.deleteClaim(traces.claim().getMetadata().getName()));
    all.forEach(Traces::awaitNone);
  }

  private AutoCloseableWatch watch(Installation dory) {
    var informer =
        dory.client()
            .pods()
            .inNamespace(Installation.NAMESPACE)
            .inform(
                new ResourceEventHandler<Pod>() {
                  @Override
                  public void onAdd(Pod pod) {
                    podsMade.add(pod.getMetadata().getName() + " " + pod.getMetadata().getUid());
                  }

                  @Override
                  public void onUpdate(Pod before, Pod now) {}

                  @Override
                  public void onDelete(Pod pod, boolean unknown) {}
                });
    return informer::close;
  }

  /** Ends without an exception. */
  private interface AutoCloseableWatch extends AutoCloseable {
    @Override
    void close();
  }

  private static List<Integer> lastExitCodes(Installation dory, Pod leader) {
    return dory.client().pods().resource(leader).get().getStatus().getContainerStatuses().stream()
        .filter(status -> status.getLastState().getTerminated() != null)
        .map(status -> status.getLastState().getTerminated().getExitCode())
        .toList();
  }

  /** Sends a signal to the process of a provisioner, from outside, on its node. */
  private static void signal(Installation dory, String signal, Pod to) {
    String shell =
        "for p in /proc/[0-9]*; do if tr '\\0' '\\n' < $p/environ 2> /dev/null | grep -qx POD_UID="
            + to.getMetadata().getUid()
            + "; then kill -"
            + signal
            + " ${p#/proc/} && exit 0; fi; done; exit 1";
    Pod sender =
        dory.client()
            .pods()
            .inNamespace(Installation.NAMESPACE)
            .resource(
                new PodBuilder()
                    .withNewMetadata()
                    .withGenerateName("send-signal-")
                    .endMetadata()
                    .withNewSpec()
                    .withRestartPolicy("Never")
                    .withHostPID(true)
                    .withNodeName(to.getSpec().getNodeName())
                    .withAutomountServiceAccountToken(false)
                    .addNewContainer()
                    .withName("shell")
                    .withImage("dory/local-plugin:0.1.0")
                    .withImagePullPolicy("IfNotPresent")
                    .withCommand("sh", "-c", shell)
                    .withNewSecurityContext()
                    .withPrivileged(true)
                    .endSecurityContext()
                    .endContainer()
                    .endSpec()
                    .build())
            .create();
    try {
      await("signal sent")
          .atMost(MOMENT)
          .untilAsserted(() ->
              assertThat(dory.client().pods().resource(sender).get().getStatus().getPhase())
                  .isEqualTo("Succeeded"));
    } finally {
      dory.client().pods().resource(sender).withGracePeriod(0).delete();
    }
  }
}
