// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** Many claims, or pods, filed at once and followed by a watch until they are there. */
final class ClaimSeries {
  private static final Map<String, String> LABEL = Map.of("dory.storage/bench", "true");
  private static final long LIMIT_SECONDS = 600;

  private final KubernetesClient client;
  private final String namespace;
  private final int count;

  ClaimSeries(KubernetesClient client, String namespace, int count) {
    this.client = client;
    this.namespace = namespace;
    this.count = count;
  }

  /** From filing to Bound. Removes them again, and returns when their volumes have gone. */
  Times claims() throws InterruptedException {
    List<PersistentVolumeClaim> claims =
        IntStream.range(0, count).mapToObj(number -> claim("bench-" + number)).toList();
    Arrivals<PersistentVolumeClaim> arrivals =
        new Arrivals<>(
            count,
            claim -> claim.getStatus() != null && "Bound".equals(claim.getStatus().getPhase()),
            _ -> false);
    Times times;
    try (SharedIndexInformer<PersistentVolumeClaim> watch =
        client.persistentVolumeClaims().inNamespace(namespace).withLabels(LABEL).inform(arrivals)) {
      times = arrivals.of(claims, claim -> client.resource(claim).create());
      watch.stop();
    } finally {
      client.persistentVolumeClaims().inNamespace(namespace).withLabels(LABEL).delete();
    }
    awaitVolumesGone();
    return times;
  }

  /** Bare pods of an image that end with 0 at once: from filing to Succeeded. */
  Times pods(String image) throws InterruptedException {
    List<Pod> pods =
        IntStream.range(0, count).mapToObj(number -> pod("bench-" + number, image)).toList();
    Arrivals<Pod> arrivals =
        new Arrivals<>(
            count,
            pod -> pod.getStatus() != null && "Succeeded".equals(pod.getStatus().getPhase()),
            pod -> pod.getStatus() != null && "Failed".equals(pod.getStatus().getPhase()));
    try (SharedIndexInformer<Pod> watch =
        client.pods().inNamespace(namespace).withLabels(LABEL).inform(arrivals)) {
      Times times = arrivals.of(pods, pod -> client.resource(pod).create());
      watch.stop();
      return times;
    } finally {
      client.pods().inNamespace(namespace).withLabels(LABEL).withGracePeriod(0).delete();
    }
  }

  private void awaitVolumesGone() throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (client.persistentVolumes().list().getItems().stream()
        .anyMatch(volume ->
            volume.getSpec().getClaimRef() != null
                && volume.getSpec().getClaimRef().getName().startsWith("bench-")
                && namespace.equals(volume.getSpec().getClaimRef().getNamespace()))) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("volumes of deleted claims are still there");
      }
      Thread.sleep(200);
    }
  }

  private PersistentVolumeClaim claim(String name) {
    return new PersistentVolumeClaimBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace(namespace)
        .withLabels(LABEL)
        .endMetadata()
        .withNewSpec()
        .withStorageClassName("local")
        .withAccessModes("ReadWriteOnce")
        .withNewResources()
        .addToRequests("storage", new Quantity("16Mi"))
        .endResources()
        .endSpec()
        .build();
  }

  private Pod pod(String name, String image) {
    return new PodBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace(namespace)
        .withLabels(LABEL)
        .endMetadata()
        .withNewSpec()
        .withRestartPolicy("Never")
        .withAutomountServiceAccountToken(false)
        .addNewContainer()
        .withName("nothing")
        .withImage(image)
        .withImagePullPolicy("IfNotPresent")
        .withCommand("true")
        .endContainer()
        .endSpec()
        .build();
  }

  /** Takes the time at which each object is as wanted. */
  private static final class Arrivals<T extends HasMetadata> implements ResourceEventHandler<T> {
    private final Map<String, Long> arrived = new ConcurrentHashMap<>();
    private final CountDownLatch missing;
    private final Predicate<T> there;
    private final Predicate<T> failed;
    private final Set<String> bad = ConcurrentHashMap.newKeySet();

    Arrivals(int count, Predicate<T> there, Predicate<T> failed) {
      this.missing = new CountDownLatch(count);
      this.there = there;
      this.failed = failed;
    }

    Times of(List<T> objects, java.util.function.Consumer<T> create) throws InterruptedException {
      Map<String, Long> filed = new HashMap<>();
      long start = System.nanoTime();
      for (T object : objects) {
        filed.put(object.getMetadata().getName(), System.nanoTime());
        create.accept(object);
      }
      boolean all = missing.await(LIMIT_SECONDS, TimeUnit.SECONDS);
      if (!all || !bad.isEmpty()) {
        throw new IllegalStateException(
            bad.isEmpty()
                ? missing.getCount() + " are not there after " + LIMIT_SECONDS + " s"
                : "failed, so there are no figures: " + bad);
      }
      Duration wall = Duration.ofNanos(System.nanoTime() - start);
      List<Long> nanos = new ArrayList<>();
      filed.forEach((name, at) -> nanos.add(arrived.getOrDefault(name, at) - at));
      return new Times(nanos, wall);
    }

    @Override
    public void onAdd(T object) {
      seen(object);
    }

    @Override
    public void onUpdate(T before, T after) {
      seen(after);
    }

    @Override
    public void onDelete(T object, boolean unknown) {
      // its time has been taken, or the run fails by its limit
    }

    private void seen(T object) {
      if (failed.test(object) && bad.add(object.getMetadata().getName())) {
        missing.countDown();
      }
      if (there.test(object)
          && arrived.putIfAbsent(object.getMetadata().getName(), System.nanoTime()) == null) {
        missing.countDown();
      }
    }
  }
}
