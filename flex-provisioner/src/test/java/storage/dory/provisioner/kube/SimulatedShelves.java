// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.kube;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import storage.dory.provisioner.catalog.ConfigMapKey;
import storage.dory.provisioner.claim.ClaimReader;
import storage.dory.provisioner.control.ClusterView;
import storage.dory.provisioner.simulation.Api;
import storage.dory.provisioner.simulation.Host;
import storage.dory.provisioner.simulation.Table;
import storage.dory.provisioner.simulation.World;
import storage.dory.provisioner.volume.ClaimUid;
import storage.dory.provisioner.volume.Marks;

/** The real shelves over late informers. */
public final class SimulatedShelves implements ClusterView {
  private final World world;
  private final Host host;
  private final Set<String> trusted;
  private final List<LateInformer<?>> informers = new ArrayList<>();
  final Shelf<PersistentVolumeClaim> claims;
  final Shelf<PersistentVolume> volumes;
  final Shelf<StorageClass> classes;
  final Shelf<Pod> pods;
  final Shelf<ConfigMap> configMaps;

  /** Sees nothing before {@link #start}. */
  public SimulatedShelves(World world, Api api, Host host, String trusted) {
    this.world = world;
    this.host = host;
    this.trusted = Set.of(trusted);
    claims =
        shelf(
            api.claims,
            claim -> true,
            Map.of(
                "uid",
                claim -> List.of(claim.getMetadata().getUid()),
                "class",
                claim -> ClaimReader.read(claim).storageClass().stream().toList()));
    volumes = shelf(api.volumes, volume -> true, Map.of());
    classes = shelf(api.classes, c -> true, Map.of());
    pods =
        shelf(
            api.pods,
            pod ->
                pod.getMetadata().getLabels() != null
                    && Marks.US.equals(pod.getMetadata().getLabels().get(Marks.MANAGED_BY)),
            Map.of("request", Shelves::request));
    configMaps = shelf(api.configMaps, c -> true, Map.of());
  }

  private <T extends HasMetadata> Shelf<T> shelf(
      Table<T> table, Predicate<T> selected, Map<String, Function<T, List<String>>> indexes) {
    LateInformer<T> informer = new LateInformer<>(world, host, table, selected);
    informers.add(informer);
    return new Shelf<>(List.of(informer.informer()), indexes, world.clock());
  }

  /** Looks at everything once, then watches. */
  public void start() {
    informers.forEach(LateInformer::start);
  }

  /** Nothing comes in any more. */
  public void stop() {
    informers.forEach(LateInformer::stop);
  }

  /** As the real ones. */
  public void onClaim(Consumer<PersistentVolumeClaim> seen, Consumer<PersistentVolumeClaim> gone) {
    claims.listen(seen, gone);
  }

  /** As the real ones. */
  public void onVolume(Consumer<PersistentVolume> seen, Consumer<PersistentVolume> gone) {
    volumes.listen(seen, gone);
  }

  /** As the real ones. */
  public void onPod(Consumer<Pod> seen, Consumer<Pod> gone) {
    pods.listen(seen, gone);
  }

  /** As the real ones. */
  public void onClass(Consumer<StorageClass> touched) {
    classes.listen(touched, touched);
  }

  /** As the real ones. */
  public void onConfigMap(Consumer<ConfigMap> touched) {
    configMaps.listen(touched, touched);
  }

  @Override
  public Optional<PersistentVolumeClaim> claim(ClaimUid uid) {
    return claims.by("uid", uid.value()).stream().findFirst();
  }

  @Override
  public Optional<PersistentVolumeClaim> claim(String namespace, String name) {
    return claims.get(namespace + "/" + name);
  }

  @Override
  public List<PersistentVolumeClaim> claimsOf(String storageClass) {
    return claims.by("class", storageClass);
  }

  @Override
  public Optional<PersistentVolume> volume(String name) {
    return volumes.get(name);
  }

  @Override
  public List<Pod> pods(ClaimUid uid) {
    return pods.by("request", uid.value());
  }

  @Override
  public Set<ClaimUid> requestsWithPods() {
    Set<String> uids = new TreeSet<>();
    pods.all().forEach(pod -> uids.addAll(Shelves.request(pod)));
    Set<ClaimUid> requests = new java.util.LinkedHashSet<>();
    uids.forEach(uid -> requests.add(new ClaimUid(uid)));
    return requests;
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
}
