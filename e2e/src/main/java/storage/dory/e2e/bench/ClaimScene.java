// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The namespace and the class of a run: making them, and leaving nothing behind. */
final class ClaimScene {
  private static final Duration CLASS_LIMIT = Duration.ofSeconds(60);
  private static final Duration STANDSTILL = Duration.ofSeconds(60);
  private static final long LOOK_MILLIS = 200;
  private static final int DELETERS = 16;

  private final KubernetesClient client;
  private final ClaimObjects objects;
  private final String trusted;
  private final Optional<ConfigMap> own;
  private final String offered;
  private final Progress progress;

  /**
   * @param trusted where the provisioner looks for ConfigMaps and runs its pods
   * @param own the ConfigMap of a class of the run's own, in that namespace
   * @param offered the class that is used else
   */
  ClaimScene(
      KubernetesClient client,
      ClaimObjects objects,
      String trusted,
      Optional<ConfigMap> own,
      String offered,
      Progress progress) {
    this.client = client;
    this.objects = objects;
    this.trusted = trusted;
    this.own = own;
    this.offered = offered;
    this.progress = progress;
  }

  String storageClass() {
    return own.isPresent() ? objects.run() : offered;
  }

  /** Makes what the run needs and waits for its class. */
  void make() throws InterruptedException {
    client.resource(objects.namespace()).create();
    client.resource(objects.account(objects.run())).create();
    if (own.isPresent()) {
      if (!trusted.equals(objects.run())) {
        client.resource(objects.account(trusted)).create();
      }
      client.resource(own.get()).create();
    }
    long end = System.nanoTime() + CLASS_LIMIT.toNanos();
    while (client.storage().v1().storageClasses().withName(storageClass()).get() == null) {
      if (System.nanoTime() - end > 0) {
        throw new BenchFailed(
            "there is no class "
                + storageClass()
                + (own.isPresent()
                    ? ": the provisioner has not made it of its ConfigMap"
                    : ": kubectl apply -k configmaps/install and configmaps/examples/local"));
      }
      Thread.sleep(LOOK_MILLIS);
    }
  }

  /** Removes the bare pods and waits until they have gone. */
  List<String> removePods() throws InterruptedException {
    delete(barePods());
    return awaitGone("bare pods", () -> names(barePods()));
  }

  /** Removes the claims and waits until they, their volumes and their pods have gone. */
  List<String> removeClaims() throws InterruptedException {
    delete(claims());
    return awaitNoClaims();
  }

  private List<String> awaitNoClaims() throws InterruptedException {
    return awaitGone(
        "claims, volumes and their pods",
        () ->
            Stream.of(names(claims()), names(volumes()), names(requestPods()))
                .flatMap(List::stream)
                .toList());
  }

  /** Waits until the provisioning pods of the run's claims have been finished. */
  List<String> awaitRequestsDone() throws InterruptedException {
    return awaitGone("provisioning pods", () -> names(requestPods()));
  }

  /** Removes everything; names what is left of it. */
  List<String> remove() throws InterruptedException {
    List<String> left = new ArrayList<>();
    try {
      delete(claims());
      left.addAll(removePods());
      left.addAll(awaitNoClaims());
      if (own.isPresent()) {
        client.resource(own.get()).delete();
        client.storage().v1().storageClasses().withName(objects.run()).delete();
        client.resource(objects.account(trusted)).delete();
      }
      client.resource(objects.account(objects.run())).delete();
      client.resource(objects.namespace()).delete();
      left.addAll(
          awaitGone(
              "the namespace",
              () ->
                  client.namespaces().withName(objects.run()).get() == null
                      ? List.of()
                      : List.of("namespace " + objects.run())));
    } catch (KubernetesClientException e) {
      left.add("cleaning up failed, look for " + objects.run() + ": " + e.getMessage());
    }
    return left;
  }

  /** One by one: an API server gives up on thousands that are deleted by one request. */
  private void delete(Stream<? extends HasMetadata> gone) {
    try (ExecutorService deleters = Executors.newFixedThreadPool(DELETERS)) {
      gone.forEach(object -> deleters.execute(() -> delete(object)));
    }
  }

  private void delete(HasMetadata object) {
    try {
      var _ = client.resource(object).withGracePeriod(0).delete();
    } catch (KubernetesClientException e) {
      progress.part("not deleted: " + object.getMetadata().getName() + ": " + e.getMessage());
    }
  }

  private Stream<? extends HasMetadata> claims() {
    return client.persistentVolumeClaims().inNamespace(objects.run()).list().getItems().stream();
  }

  private Stream<? extends HasMetadata> barePods() {
    return client
        .pods()
        .inNamespace(objects.run())
        .withLabels(objects.labels())
        .list()
        .getItems()
        .stream();
  }

  private Stream<PersistentVolume> volumes() {
    return client.persistentVolumes().list().getItems().stream()
        .filter(volume -> volume.getSpec().getClaimRef() != null)
        .filter(volume -> objects.run().equals(volume.getSpec().getClaimRef().getNamespace()));
  }

  private Stream<Pod> requestPods() {
    return client
        .pods()
        .inNamespace(trusted)
        .withLabel("app.kubernetes.io/managed-by", "dory-flex-provisioner")
        .list()
        .getItems()
        .stream()
        .filter(pod -> {
          Map<String, String> annotations = pod.getMetadata().getAnnotations();
          return annotations != null
              && annotations.getOrDefault("dory.storage/claim", "").startsWith(objects.run() + "/");
        });
  }

  private static List<String> names(Stream<? extends HasMetadata> objects) {
    return objects.map(one -> one.getKind() + " " + one.getMetadata().getName()).toList();
  }

  /** Names what is still there after a minute in which nothing went. */
  private List<String> awaitGone(String what, Supplier<List<String>> look)
      throws InterruptedException {
    List<String> left = look.get();
    int all = left.size();
    long changed = System.nanoTime();
    long looked = 0;
    while (!left.isEmpty() && System.nanoTime() - changed < STANDSTILL.toNanos()) {
      // looking at thousands of objects must not be what the API server is busy with
      Thread.sleep(Math.max(LOOK_MILLIS, 5 * looked));
      long began = System.nanoTime();
      List<String> now = look.get();
      looked = Duration.ofNanos(System.nanoTime() - began).toMillis();
      if (now.size() < left.size()) {
        changed = System.nanoTime();
      }
      left = now;
      progress.reached("gone of " + what + ":", Math.max(0, all - left.size()), all);
    }
    return left;
  }
}
