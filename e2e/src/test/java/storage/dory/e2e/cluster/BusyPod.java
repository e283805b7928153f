// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.PodResource;
import java.time.Duration;

/**
 * A pod that writes to its volume without end, reads back what it wrote, and prints a line each
 * time that both went well.
 */
record BusyPod(Installation dory, Tenant tenant, Pod pod) {
  private static final Duration SOON = Duration.ofMinutes(3);

  /** Started; it need not run yet. */
  static BusyPod start(Installation dory, Tenant tenant, String name, String claim) {
    String file = "/data/" + name;
    String shell =
        "i=0; while sleep 0.3; do i=$((i+1)); echo $i > "
            + file
            + " && [ \"$(cat "
            + file
            + ")\" = $i ] && echo wrote $i; done";
    return new BusyPod(dory, tenant, tenant.start(name, claim, shell));
  }

  /** Waits until it has written once more than it has by now. */
  void awaitWriting() {
    long before = written();
    await("pod " + name() + " writes")
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(written())
                .as("written by a pod with the events %s", tenant.eventsOf("Pod", name()))
                .isGreaterThan(before));
  }

  boolean hasWritten() {
    return written() > 0;
  }

  /** Asks for it to go, and waits for nothing. */
  void delete() {
    resource().delete();
  }

  /** Takes it out of the API at once; its kubelet learns of that later. */
  void deleteByForce() {
    resource().withGracePeriod(0).delete();
    await("pod " + name() + " gone").atMost(SOON).until(() -> resource().get() == null);
  }

  void awaitGone() {
    await("pod " + name() + " gone")
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(resource().get())
                .as("a pod with the events %s", tenant.eventsOf("Pod", name()))
                .isNull());
  }

  /** Waits until nothing is mounted for it on its node, whether or not the API knows it still. */
  void awaitUnmounted() {
    await("nothing mounted for pod " + name())
        .atMost(SOON)
        .untilAsserted(() -> assertThat(mounts()).isZero());
  }

  /** What is mounted for volumes of ours in its directory. */
  long mounts() {
    String directory = "/pods/" + pod.getMetadata().getUid() + "/volumes/dory.storage~";
    return dory.mounts().lines().filter(line -> line.contains(directory)).count();
  }

  int restarts() {
    // a kubelet that has just been started may report none for a moment
    return await("container status of " + name())
        .atMost(SOON)
        .until(
            () -> resource().get().getStatus().getContainerStatuses(),
            statuses -> !statuses.isEmpty())
        .getFirst()
        .getRestartCount();
  }

  private long written() {
    try {
      return resource().getLog().lines().count();
    } catch (KubernetesClientException e) {
      return 0; // it has not started yet, or kubelet is away
    }
  }

  private String name() {
    return pod.getMetadata().getName();
  }

  private PodResource resource() {
    return dory.client().pods().resource(pod);
  }
}
