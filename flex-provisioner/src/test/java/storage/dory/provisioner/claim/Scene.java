// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.claim;

import static storage.dory.provisioner.fakes.Samples.CLAIM;
import static storage.dory.provisioner.fakes.Samples.UID;
import static storage.dory.provisioner.fakes.Samples.definition;
import static storage.dory.provisioner.fakes.Samples.made;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.TopologySelectorTerm;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import storage.dory.provisioner.catalog.BindingMode;
import storage.dory.provisioner.catalog.InForce;
import storage.dory.provisioner.fakes.FakeControlPlane;
import storage.dory.provisioner.podrun.Action;
import storage.dory.provisioner.podrun.Order;
import storage.dory.provisioner.podrun.PodFacts;
import storage.dory.provisioner.podrun.PodReader;
import storage.dory.provisioner.podrun.RecordedOrder;
import storage.dory.provisioner.volume.Bytes;
import storage.dory.provisioner.volume.ClaimUid;
import storage.dory.provisioner.volume.Marks;
import storage.dory.provisioner.volume.VolumeFacts;
import storage.dory.provisioner.volume.VolumeReader;

/** What the cluster shows, changed step by step. */
final class Scene {
  boolean handedToUs = true;
  String provisioner = Marks.PROVISIONER;
  BindingMode mode = BindingMode.IMMEDIATE;
  Optional<String> node = Optional.empty();
  String volumeMode = "Filesystem";
  Optional<Bytes> size = Optional.of(new Bytes(10 << 20));
  private ClaimCapacity capacity = ClaimCapacity.unknown();
  boolean selector;
  boolean believed = true;
  Optional<DataSource> dataSource = Optional.empty();
  Map<String, String> annotations = Map.of();
  Optional<ClaimFacts> original = Optional.empty();
  Sight<NodeFacts> nodeSight = new Sight.Unseen<>();
  Optional<String> volumeName = Optional.empty();
  InForce inForce = new InForce.One(definition(Map.of()));
  Map<String, String> parameters = Map.of();
  List<TopologySelectorTerm> topologies = List.of();
  boolean noClass;
  boolean secretsGiven;
  boolean nodeGivenBack;
  Set<String> trusted = Set.of("dory-system");
  Optional<Sight<ClaimFacts>> claimAway = Optional.empty();
  Sight<VolumeFacts> volumeSight = new Sight.Unseen<>();
  Optional<PersistentVolume> volumeFacts = Optional.empty();
  final List<Pod> pods = new ArrayList<>();

  void define(Map<String, String> more) {
    inForce = new InForce.One(definition(more));
  }

  void claimGone() {
    claimAway = Optional.of(new Sight.Gone<>());
  }

  void pod(UnaryOperator<Pod> state, Action action, int attempt) {
    pods.add(state.apply(made(order(action, attempt))));
  }

  void forget(Action action, int attempt) {
    pods.removeIf(pod -> pod.getMetadata().getName().equals(order(action, attempt).podName()));
  }

  /** An order as the planner itself makes it, so that its inputs are the current ones. */
  Order order(Action action, int attempt) {
    ClassFacts storageClass = storageClass();
    View view = view(List.of());
    if (action == Action.PROVISION
        && Orders.basis(view, facts()) instanceof Orders.Basis.Usable basis) {
      return Orders.provision(view, facts(), basis, attempt, 1, Orders.where(view, facts()));
    }
    return new Order(
        action,
        attempt,
        attempt,
        CLAIM,
        storage.dory.provisioner.fakes.Samples.wish(),
        "Delete",
        Order.Whereabouts.any(),
        Inputs.of(storageClass.over(definition(Map.of()))),
        Map.of(),
        attempt > 1,
        definition(Map.of()));
  }

  void volume(UnaryOperator<PersistentVolumeBuilder> change) {
    PersistentVolume base =
        volumeFacts.orElseGet(() ->
            new PersistentVolumeBuilder(
                    FakeControlPlane.volume(
                        Map.of(
                            "pv-name", UID.volumeName(),
                            "access-modes", "ReadWriteOnce",
                            "size", "10Mi",
                            "storage-class", "silver",
                            "reclaim-policy", "Delete",
                            "pvc-name", "data",
                            "pvc-namespace", "users",
                            "pvc-uid", UID.value())))
                .build());
    PersistentVolume changed = change.apply(new PersistentVolumeBuilder(base)).build();
    volumeFacts = Optional.of(changed);
    volumeSight = new Sight.Seen<>(VolumeReader.read(changed).believed(believed));
  }

  /** Puts our marks on the volume, as adopting does. */
  void marked() {
    String record =
        pods.stream()
            .map(pod -> pod.getMetadata().getAnnotations().getOrDefault(Marks.DEFINITION, ""))
            .findFirst()
            .orElseGet(() -> RecordedOrder.of(order(Action.PROVISION, 1)).text());
    volume(v ->
        v.editMetadata()
            .withFinalizers(Marks.VOLUME_FINALIZER)
            .withAnnotations(
                Map.of(Marks.PROVISIONED_BY, Marks.PROVISIONER, Marks.DEFINITION, record))
            .endMetadata());
  }

  private ClassFacts storageClass() {
    return new ClassFacts("silver", provisioner, mode, "Delete", parameters, topologies);
  }

  ClaimFacts facts() {
    return new ClaimFacts(
        CLAIM,
        volumeName.isEmpty(),
        false,
        handedToUs,
        volumeName,
        Optional.of("silver"),
        node,
        size,
        "",
        capacity,
        List.of("ReadWriteOnce"),
        volumeMode,
        selector,
        dataSource,
        annotations,
        "3");
  }

  View view(Instant now) {
    return view(
        pods.stream()
            .map(pod -> nodeGivenBack ? noted(pod) : pod)
            .map(pod -> PodReader.read(pod, now).orElseThrow())
            .toList());
  }

  private static Pod noted(Pod pod) {
    return new PodBuilder(pod)
        .editMetadata()
        .addToAnnotations(Marks.NODE_GIVEN_BACK, "true")
        .endMetadata()
        .build();
  }

  View view(List<PodFacts> facts) {
    Set<String> given = new HashSet<>();
    if (secretsGiven) {
      facts.forEach(pod -> given.add(pod.objectUid()));
    }
    return new View(
        new ClaimUid(UID.value()),
        claimAway.orElseGet(() -> new Sight.Seen<>(facts())),
        volumeSight,
        original,
        nodeSight,
        facts,
        noClass ? Optional.empty() : Optional.of(storageClass()),
        inForce,
        trusted,
        given);
  }
}
