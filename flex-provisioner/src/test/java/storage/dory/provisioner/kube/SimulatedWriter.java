// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.kube;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimCondition;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimConditionBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimStatus;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import storage.dory.provisioner.claim.ClaimFacts;
import storage.dory.provisioner.claim.ExpansionState;
import storage.dory.provisioner.control.ClusterWriter;
import storage.dory.provisioner.control.Written;
import storage.dory.provisioner.podrun.PodFacts;
import storage.dory.provisioner.simulation.Api;
import storage.dory.provisioner.simulation.Line;
import storage.dory.provisioner.simulation.Table;
import storage.dory.provisioner.simulation.World;
import storage.dory.provisioner.volume.Bytes;
import storage.dory.provisioner.volume.ClaimRef;
import storage.dory.provisioner.volume.Marks;
import storage.dory.provisioner.volume.VolumeFacts;

/** Does to tables what {@link ApiWriter} does to an API server, over a line that has its faults. */
public final class SimulatedWriter implements ClusterWriter {
  private static final long GRACE = 5;

  private final World world;
  private final Api api;
  private final Line line;
  private final SimulatedShelves shelves;
  private final Runnable beforeWrite;

  /**
   * @param beforeWrite throws when nothing may be written
   */
  public SimulatedWriter(
      World world, Api api, Line line, SimulatedShelves shelves, Runnable beforeWrite) {
    this.beforeWrite = beforeWrite;
    this.world = world;
    this.api = api;
    this.line = line;
    this.shelves = shelves;
  }

  @Override
  public Optional<PersistentVolumeClaim> readClaim(ClaimRef claim) {
    return read(api.claims, claim.toString())
        .filter(found -> claim.uid().value().equals(found.getMetadata().getUid()))
        .map(shelves.claims::put);
  }

  @Override
  public Optional<PersistentVolume> readVolume(String name) {
    return read(api.volumes, name).map(shelves.volumes::put);
  }

  @Override
  public Optional<Pod> readPod(String namespace, String name) {
    return read(api.pods, namespace + "/" + name).map(shelves.pods::put);
  }

  @Override
  public void readPods() {
    line.carry("read all pods", false, api.pods::all).orElseThrow().stream()
        .filter(pod ->
            pod.getMetadata().getLabels() != null
                && Marks.US.equals(pod.getMetadata().getLabels().get(Marks.MANAGED_BY)))
        .forEach(shelves.pods::put);
  }

  @Override
  public Optional<Node> readNode(String name) {
    return line.carry(
        "read " + name,
        false,
        () -> new NodeBuilder().withNewMetadata().withName(name).endMetadata().build());
  }

  @Override
  public Written<Pod> createPod(Pod pod) {
    Written<Pod> made = created(api.pods, pod);
    return kept(made, shelves.pods);
  }

  @Override
  public Written<Secret> putSecret(Secret secret) {
    Written<Secret> made = created(api.secrets, secret);
    if (!(made instanceof Written.Exists<Secret>)) {
      return made;
    }
    Optional<Secret> found = read(api.secrets, Table.key(secret));
    if (found.isEmpty()) {
      return new Written.Stale<>();
    }
    if (found
        .get()
        .getMetadata()
        .getOwnerReferences()
        .equals(secret.getMetadata().getOwnerReferences())) {
      return new Written.Done<>(found.get());
    }
    return patched(
        api.secrets,
        Table.key(secret),
        Optional.of(found.get().getMetadata().getResourceVersion()),
        old -> {
          old.getMetadata().setOwnerReferences(secret.getMetadata().getOwnerReferences());
          old.setStringData(secret.getStringData());
        });
  }

  @Override
  public Optional<Secret> readSecret(String namespace, String name) {
    return read(api.secrets, namespace + "/" + name);
  }

  @Override
  public Written<Secret> writeSecret(Secret secret, Optional<Secret> found) {
    return found.isEmpty()
        ? created(api.secrets, secret)
        : patched(
            api.secrets,
            Table.key(secret),
            Optional.of(found.get().getMetadata().getResourceVersion()),
            old -> {
              old.getMetadata().setAnnotations(secret.getMetadata().getAnnotations());
              old.setData(secret.getData());
            });
  }

  @Override
  public Written<Pod> deletePod(PodFacts pod) {
    boolean stays =
        !pod.ended() || !pod.finalizers().stream().allMatch(Marks.POD_FINALIZER::equals);
    String key = pod.namespace() + "/" + pod.name();
    return deleted(
        api.pods,
        shelves.pods,
        key,
        pod.objectUid(),
        pod.resourceVersion(),
        stays,
        object ->
            new PodBuilder(object)
                .editMetadata()
                .withDeletionTimestamp(world.now().plusSeconds(GRACE).toString())
                .withDeletionGracePeriodSeconds(GRACE)
                .endMetadata()
                .build());
  }

  @Override
  public Written<Pod> releasePod(PodFacts pod) {
    return patchedPod(
        pod,
        Optional.of(pod.resourceVersion()),
        object ->
            object.getMetadata().setFinalizers(without(pod.finalizers(), Marks.POD_FINALIZER)));
  }

  @Override
  public Written<Pod> noteNodeGivenBack(PodFacts pod) {
    return patchedPod(
        pod,
        Optional.of(pod.resourceVersion()),
        object -> annotate(object, Map.of(Marks.NODE_GIVEN_BACK, "true")));
  }

  @Override
  public Written<PersistentVolumeClaim> clearSelectedNode(ClaimFacts claim) {
    return patchedClaim(
        claim,
        object -> {
          Map<String, String> annotations = new TreeMap<>(object.getMetadata().getAnnotations());
          annotations.remove(Marks.SELECTED_NODE);
          object.getMetadata().setAnnotations(annotations);
        });
  }

  @Override
  public Written<PersistentVolumeClaim> reportExpansion(ClaimFacts claim, ExpansionState state) {
    return patchedClaim(
        claim,
        object -> {
          PersistentVolumeClaimStatus status =
              new PersistentVolumeClaimStatusBuilder(object.getStatus())
                  .removeMatchingFromConditions(
                      c -> ExpansionState.CONDITIONS.contains(c.getType()))
                  .build();
          switch (state) {
            case ExpansionState.Begun begun ->
                status.getConditions().add(condition(ExpansionState.RESIZING));
            case ExpansionState.NodeNext next ->
                status.getConditions().add(condition(ExpansionState.NODE_RESIZES));
            case ExpansionState.Done(Bytes size) ->
                status.setCapacity(Map.of("storage", new Quantity(size.quantity())));
          }
          object.setStatus(status);
        });
  }

  private PersistentVolumeClaimCondition condition(String type) {
    return new PersistentVolumeClaimConditionBuilder()
        .withType(type)
        .withStatus("True")
        .withLastTransitionTime(world.stamp())
        .build();
  }

  @Override
  public Written<PersistentVolume> growVolume(VolumeFacts volume, Bytes size) {
    return patchedVolume(
        volume,
        object -> {
          if (volume.capacity().orElseThrow().compareTo(size) >= 0) {
            world.violated("volume " + volume.name() + " is to shrink to " + size);
          }
          object.getSpec().setCapacity(Map.of("storage", new Quantity(size.quantity())));
        });
  }

  @Override
  public Written<PersistentVolume> markVolume(
      VolumeFacts volume, String definition, Optional<String> seal) {
    return patchedVolume(
        volume,
        object -> {
          List<String> finalizers = new ArrayList<>(volume.finalizers());
          if (!volume.deleting() && !finalizers.contains(Marks.VOLUME_FINALIZER)) {
            finalizers.add(Marks.VOLUME_FINALIZER);
          }
          object.getMetadata().setFinalizers(finalizers);
          annotate(
              object,
              Map.of(Marks.PROVISIONED_BY, Marks.PROVISIONER, Marks.DEFINITION, definition));
        });
  }

  @Override
  public Written<PersistentVolume> deleteVolume(VolumeFacts volume) {
    return deleted(
        api.volumes,
        shelves.volumes,
        volume.name(),
        volume.objectUid(),
        volume.resourceVersion(),
        !volume.finalizers().isEmpty(),
        object ->
            new PersistentVolumeBuilder(object)
                .editMetadata()
                .withDeletionTimestamp(world.now().toString())
                .endMetadata()
                .build());
  }

  @Override
  public Written<PersistentVolume> releaseVolume(VolumeFacts volume) {
    return patchedVolume(
        volume,
        object ->
            object
                .getMetadata()
                .setFinalizers(without(volume.finalizers(), Marks.VOLUME_FINALIZER)));
  }

  @Override
  public Written<StorageClass> createClass(StorageClass storageClass) {
    return kept(created(api.classes, storageClass), shelves.classes);
  }

  @Override
  public Written<ConfigMap> annotate(ConfigMap configMap, String annotation, String value) {
    return kept(
        patched(
            api.configMaps,
            Table.key(configMap),
            Optional.of(configMap.getMetadata().getResourceVersion()),
            object -> annotate(object, Map.of(annotation, value))),
        shelves.configMaps);
  }

  @Override
  public Optional<DaemonSet> readDaemonSet(String namespace, String name) {
    return Optional.empty();
  }

  @Override
  public Written<DaemonSet> createDaemonSet(DaemonSet daemonSet) {
    return new Written.Rejected<>("there are no nodes for it here");
  }

  @Override
  public Written<DaemonSet> replaceDaemonSet(DaemonSet daemonSet) {
    return new Written.Absent<>();
  }

  private Written<Pod> patchedPod(PodFacts pod, Optional<String> version, Consumer<Pod> change) {
    String key = pod.namespace() + "/" + pod.name();
    Written<Pod> written = patched(api.pods, key, version, change);
    if (written instanceof Written.Absent<Pod>) {
      shelves.pods.remove(key, pod.objectUid());
    }
    return kept(written, shelves.pods);
  }

  private Written<PersistentVolumeClaim> patchedClaim(
      ClaimFacts claim, Consumer<PersistentVolumeClaim> change) {
    Written<PersistentVolumeClaim> written =
        patched(api.claims, claim.ref().toString(), Optional.of(claim.resourceVersion()), change);
    if (written instanceof Written.Absent<PersistentVolumeClaim>) {
      shelves.claims.remove(claim.ref().toString(), claim.ref().uid().value());
    }
    return kept(written, shelves.claims);
  }

  private Written<PersistentVolume> patchedVolume(
      VolumeFacts volume, Consumer<PersistentVolume> change) {
    Written<PersistentVolume> written =
        patched(api.volumes, volume.name(), Optional.of(volume.resourceVersion()), change);
    if (written instanceof Written.Absent<PersistentVolume>) {
      shelves.volumes.remove(volume.name(), volume.objectUid());
    }
    return kept(written, shelves.volumes);
  }

  private <T extends HasMetadata> Optional<T> read(Table<T> table, String key) {
    return line.carry("read " + key, false, () -> table.get(key)).orElseThrow();
  }

  private <T extends HasMetadata> Written<T> created(Table<T> table, T object) {
    beforeWrite.run();
    return line.<Written<T>>carry(
            "create " + object.getKind() + " " + Table.key(object),
            false,
            () ->
                table
                    .create(object)
                    .<Written<T>>map(Written.Done::new)
                    .orElseGet(Written.Exists::new))
        .orElseThrow();
  }

  private <T extends HasMetadata> Written<T> patched(
      Table<T> table, String key, Optional<String> version, Consumer<T> change) {
    beforeWrite.run();
    return line.<Written<T>>carry(
            "patch " + key,
            true,
            () -> {
              Optional<T> found = table.get(key);
              if (found.isEmpty()) {
                return new Written.Absent<>();
              }
              ObjectMeta meta = found.get().getMetadata();
              return version.filter(v -> !v.equals(meta.getResourceVersion())).isPresent()
                  ? new Written.Stale<>()
                  : new Written.Done<>(table.edit(key, change).orElseThrow());
            })
        .orElseGet(Written.Stale::new);
  }

  private <T extends HasMetadata> Written<T> deleted(
      Table<T> table,
      Shelf<T> shelf,
      String key,
      String uid,
      String version,
      boolean stays,
      UnaryOperator<T> marked) {
    beforeWrite.run();
    Optional<Written<T>> answer =
        line.carry(
            "delete " + key,
            true,
            () -> {
              Optional<T> found = table.get(key);
              if (found.isEmpty()) {
                return new Written.Absent<>();
              }
              if (!version.equals(found.get().getMetadata().getResourceVersion())) {
                return new Written.Stale<>();
              }
              var _ = table.delete(key, grace(found.get()));
              return new Written.Done<>(found.get());
            });
    if (answer.isEmpty() || answer.get() instanceof Written.Stale<T>) {
      return new Written.Stale<>();
    }
    if (answer.get() instanceof Written.Done<T> && stays) {
      shelf.deleting(key, uid, marked);
    } else {
      shelf.remove(key, uid);
    }
    return new Written.Absent<>();
  }

  /** Nobody waits for a pod that no node has, or that has ended. */
  private static long grace(@org.jspecify.annotations.Nullable HasMetadata object) {
    return object instanceof Pod pod
            && pod.getSpec().getNodeName() != null
            && pod.getStatus() != null
            && !"Succeeded".equals(pod.getStatus().getPhase())
            && !"Failed".equals(pod.getStatus().getPhase())
        ? GRACE
        : 0;
  }

  private static void annotate(HasMetadata object, Map<String, String> more) {
    Map<String, String> annotations = new TreeMap<>();
    if (object.getMetadata().getAnnotations() != null) {
      annotations.putAll(object.getMetadata().getAnnotations());
    }
    annotations.putAll(more);
    object.getMetadata().setAnnotations(annotations);
  }

  private static List<String> without(List<String> finalizers, String finalizer) {
    return finalizers.stream().filter(other -> !other.equals(finalizer)).toList();
  }

  private static <T extends HasMetadata> Written<T> kept(Written<T> written, Shelf<T> shelf) {
    if (written instanceof Written.Done<T>(T object)) {
      var _ = shelf.put(object);
    }
    return written;
  }
}
