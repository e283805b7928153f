// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.kube;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.dory.provisioner.catalog.ConfigMapKey;
import storage.dory.provisioner.claim.ClaimReader;
import storage.dory.provisioner.control.ClusterView;
import storage.dory.provisioner.volume.ClaimUid;
import storage.dory.provisioner.volume.Marks;

/**
 * The informers: claims, volumes and classes of the cluster, our pods, our volume clients and the
 * provisioner ConfigMaps of the trusted namespaces. Owns them; the client stays its giver's.
 */
public final class Shelves implements ClusterView, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Shelves.class);
  private static final String BY_UID = "uid";
  private static final String BY_CLASS = "class";
  private static final String BY_REQUEST = "request";

  private final Set<String> trusted;
  private final List<SharedIndexInformer<?>> informers = new ArrayList<>();
  final Shelf<PersistentVolumeClaim> claims;
  final Shelf<PersistentVolume> volumes;
  final Shelf<StorageClass> classes;
  final Shelf<Pod> pods;
  final Shelf<ConfigMap> configMaps;
  private final Shelf<DaemonSet> volumeClients;

  /** Of namespaces that are not trusted. Without the right to see them it stays empty. */
  private final SharedIndexInformer<ConfigMap> strays;

  /** Nothing is asked before {@link #start}. */
  public Shelves(KubernetesClient client, Set<String> trusted, InstantSource clock) {
    this.trusted = Set.copyOf(trusted);
    this.claims =
        new Shelf<>(
            List.of(kept(client.persistentVolumeClaims().inAnyNamespace().runnableInformer(0))),
            Map.of(
                BY_UID, claim -> List.of(claim.getMetadata().getUid()),
                BY_CLASS,
                    claim ->
                        ClaimReader.read(claim).storageClass().map(List::of).orElse(List.of())),
            clock);
    this.volumes =
        new Shelf<>(List.of(kept(client.persistentVolumes().runnableInformer(0))), Map.of(), clock);
    this.classes =
        new Shelf<>(
            List.of(kept(client.storage().v1().storageClasses().runnableInformer(0))),
            Map.of(),
            clock);
    this.pods =
        new Shelf<>(
            trusted.stream()
                .sorted()
                .map(namespace ->
                    kept(
                        client
                            .pods()
                            .inNamespace(namespace)
                            .withLabel(Marks.MANAGED_BY, Marks.US)
                            .withLabel(Marks.REQUEST)
                            .runnableInformer(0)))
                .toList(),
            Map.of(BY_REQUEST, Shelves::request),
            clock);
    this.configMaps =
        new Shelf<>(
            trusted.stream()
                .sorted()
                .map(namespace ->
                    kept(
                        client
                            .configMaps()
                            .inNamespace(namespace)
                            .withLabel("type", "provisioner-config")
                            .runnableInformer(0)))
                .toList(),
            Map.of(),
            clock);
    this.volumeClients =
        new Shelf<>(
            trusted.stream()
                .sorted()
                .map(namespace ->
                    kept(
                        client
                            .apps()
                            .daemonSets()
                            .inNamespace(namespace)
                            .withLabel(Marks.MANAGED_BY, Marks.US)
                            .runnableInformer(0)))
                .toList(),
            Map.of(),
            clock);
    this.strays = strays(client);
  }

  private static SharedIndexInformer<ConfigMap> strays(KubernetesClient client) {
    SharedIndexInformer<ConfigMap> informer =
        client
            .configMaps()
            .inAnyNamespace()
            .withLabel("type", "provisioner-config")
            .runnableInformer(0);
    informer.exceptionHandler((started, cause) -> {
      log.debug("provisioner ConfigMaps elsewhere are not seen why={}", cause.getMessage());
      return true;
    });
    return informer.itemStore(new Slim<>());
  }

  private <T extends HasMetadata> SharedIndexInformer<T> kept(SharedIndexInformer<T> informer) {
    // keep trying: a server that is away, or rights that are given later, must not end the process
    informer.exceptionHandler((started, cause) -> {
      log.warn(
          "watch interrupted kind={} why={}",
          informer.getApiTypeClass().getSimpleName(),
          String.valueOf(cause.getMessage()));
      return true;
    });
    informers.add(informer);
    return informer.itemStore(new Slim<>());
  }

  /** Starts the informers; {@link #synced} tells when they are full. */
  public void start() {
    for (SharedIndexInformer<?> informer : informers) {
      var _ = informer.start();
    }
    var _ = strays.start();
  }

  /** Calls back for provisioner ConfigMaps in namespaces that are not trusted. */
  public void onStray(Consumer<ConfigMap> seen) {
    strays.addEventHandler(
        new ResourceEventHandler<>() {
          @Override
          public void onAdd(ConfigMap configMap) {
            if (!trusted.contains(configMap.getMetadata().getNamespace())) {
              seen.accept(configMap);
            }
          }

          @Override
          public void onUpdate(ConfigMap before, ConfigMap now) {
            onAdd(now);
          }

          @Override
          public void onDelete(ConfigMap configMap, boolean lastStateUnknown) {
            // nothing was made of it
          }
        });
  }

  /** Calls back on the informer's thread for claims that came or changed, and that went. */
  public void onClaim(Consumer<PersistentVolumeClaim> seen, Consumer<PersistentVolumeClaim> gone) {
    claims.listen(seen, gone);
  }

  /** As {@link #onClaim}, for volumes. */
  public void onVolume(Consumer<PersistentVolume> seen, Consumer<PersistentVolume> gone) {
    volumes.listen(seen, gone);
  }

  /** As {@link #onClaim}, for our pods. */
  public void onPod(Consumer<Pod> seen, Consumer<Pod> gone) {
    pods.listen(seen, gone);
  }

  /** Calls back for classes that came, changed or went. */
  public void onClass(Consumer<StorageClass> touched) {
    classes.listen(touched, touched);
  }

  /** Calls back for provisioner ConfigMaps that came, changed or went. */
  public void onConfigMap(Consumer<ConfigMap> touched) {
    configMaps.listen(touched, touched);
  }

  /** Calls back for volume clients of ours that went. */
  public void onVolumeClientGone(Consumer<DaemonSet> gone) {
    volumeClients.listen(seen -> {}, gone);
  }

  /** Whether every informer has seen everything once. */
  public boolean synced() {
    return informers.stream().allMatch(SharedIndexInformer::hasSynced);
  }

  /** Kinds whose informer has stopped for good; nothing but a restart helps then. */
  public List<String> stopped() {
    return informers.stream()
        .filter(informer -> informer.stopped().toCompletableFuture().isDone())
        .map(informer -> informer.getApiTypeClass().getSimpleName())
        .toList();
  }

  /** Objects in the caches by kind. */
  public Map<String, Integer> sizes() {
    Map<String, Integer> sizes = new HashMap<>();
    for (SharedIndexInformer<?> informer : informers) {
      sizes.merge(
          informer.getApiTypeClass().getSimpleName(),
          informer.getStore().listKeys().size(),
          Integer::sum);
    }
    return sizes;
  }

  /** All our pods in the caches. */
  public List<Pod> pods() {
    return pods.all();
  }

  @Override
  public void close() {
    informers.forEach(SharedIndexInformer::stop);
    strays.stop();
  }

  @Override
  public Optional<PersistentVolumeClaim> claim(ClaimUid uid) {
    return claims.by(BY_UID, uid.value()).stream().findFirst();
  }

  @Override
  public Optional<PersistentVolumeClaim> claim(String namespace, String name) {
    return claims.get(namespace + "/" + name);
  }

  @Override
  public List<PersistentVolumeClaim> claimsOf(String storageClass) {
    return claims.by(BY_CLASS, storageClass);
  }

  @Override
  public Optional<PersistentVolume> volume(String name) {
    return volumes.get(name);
  }

  @Override
  public List<Pod> pods(ClaimUid uid) {
    return pods.by(BY_REQUEST, uid.value());
  }

  @Override
  public Set<ClaimUid> requestsWithPods() {
    return pods.all().stream()
        .map(Shelves::request)
        .flatMap(Collection::stream)
        .map(ClaimUid::new)
        .collect(Collectors.toSet());
  }

  @Override
  public Optional<StorageClass> storageClass(String name) {
    return classes.get(name);
  }

  @Override
  public Optional<ConfigMap> configMap(ConfigMapKey key) {
    return configMaps.get(key.toString());
  }

  @Override
  public List<ConfigMap> configMaps() {
    return configMaps.all();
  }

  @Override
  public Set<String> trusted() {
    return trusted;
  }

  /** The request that a pod is of, as a list of one, or none. */
  static List<String> request(Pod pod) {
    Map<String, String> labels = pod.getMetadata().getLabels();
    String uid = labels == null ? null : labels.get(Marks.REQUEST);
    return uid != null && ClaimUid.isOne(uid) ? List.of(uid) : List.of();
  }
}
