// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Stands for kubelet: does what the run's pods are for and marks them Succeeded as soon as they are
 * seen. Closing ends that.
 */
final class InstantPods implements ResourceEventHandler<Pod>, AutoCloseable {
  private static final int WORKERS = 32;
  private static final String SUCCEEDED = "{\"status\":{\"phase\":\"Succeeded\"}}";

  private final KubernetesClient client;
  private final ClaimObjects objects;
  private final ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
  private final Set<String> taken = ConcurrentHashMap.newKeySet();
  private final Set<String> failures = ConcurrentHashMap.newKeySet();
  private final List<SharedIndexInformer<Pod>> watches = new ArrayList<>();

  /**
   * @param namespaces where pods of the run turn up
   */
  InstantPods(KubernetesClient client, ClaimObjects objects, Set<String> namespaces) {
    this.client = client;
    this.objects = objects;
    for (String namespace : namespaces) {
      watches.add(client.pods().inNamespace(namespace).inform(this));
    }
  }

  /** What could not be done. */
  List<String> failures() {
    return List.copyOf(failures);
  }

  @Override
  public void onAdd(Pod pod) {
    if (objects.isInstant(pod) && taken.add(pod.getMetadata().getUid())) {
      workers.execute(() -> end(pod));
    }
  }

  @Override
  public void onUpdate(Pod before, Pod after) {
    onAdd(after);
  }

  @Override
  public void onDelete(Pod pod, boolean unknown) {
    // it needs nothing any more
  }

  @Override
  public void close() {
    watches.forEach(SharedIndexInformer::close);
    workers.shutdownNow();
  }

  private void end(Pod pod) {
    try {
      if ("provision".equals(label(pod, "dory.storage/action"))) {
        makeVolume(pod);
      }
      client
          .pods()
          .inNamespace(pod.getMetadata().getNamespace())
          .withName(pod.getMetadata().getName())
          .subresource("status")
          .patch(PatchContext.of(PatchType.JSON_MERGE), SUCCEEDED);
    } catch (KubernetesClientException e) {
      if (e.getCode() != 404) {
        failures.add("pod " + pod.getMetadata().getName() + ": " + e.getMessage());
      }
    }
  }

  private void makeVolume(Pod pod) {
    String named = pod.getMetadata().getAnnotations().getOrDefault("dory.storage/claim", "/");
    String[] key = named.split("/", 2);
    PersistentVolumeClaim claim =
        client.persistentVolumeClaims().inNamespace(key[0]).withName(key[1]).get();
    if (claim != null && claim.getMetadata().getUid().equals(label(pod, "dory.storage/request"))) {
      client.resource(ClaimObjects.volume(claim)).create();
    }
  }

  private static String label(Pod pod, String name) {
    return pod.getMetadata().getLabels() == null
        ? ""
        : pod.getMetadata().getLabels().getOrDefault(name, "");
  }
}
