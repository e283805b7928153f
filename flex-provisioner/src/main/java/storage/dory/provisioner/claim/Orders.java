// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.claim;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import storage.dory.provisioner.catalog.BindingMode;
import storage.dory.provisioner.catalog.ConfigMapKey;
import storage.dory.provisioner.catalog.InForce;
import storage.dory.provisioner.catalog.PropertySize;
import storage.dory.provisioner.catalog.ProvisionerDefinition;
import storage.dory.provisioner.identity.Filer;
import storage.dory.provisioner.podrun.Action;
import storage.dory.provisioner.podrun.Order;
import storage.dory.provisioner.podrun.PodFacts;
import storage.dory.provisioner.podrun.PropertySet;
import storage.dory.provisioner.podrun.RecordedOrder;
import storage.dory.provisioner.volume.Bytes;
import storage.dory.provisioner.volume.VolumeFacts;
import storage.dory.provisioner.volume.VolumeWish;

/** Makes orders from what is in force and what was recorded. */
final class Orders {
  private Orders() {}

  /** What is needed for one more pod, or why there can be none. */
  sealed interface Basis {
    record Usable(ProvisionerDefinition effective, Map<String, String> asked, String inputs)
        implements Basis {}

    record Unusable(String words) implements Basis {}

    /** The labels of a node decide, and nobody has asked for them yet. */
    record AskNode(String node) implements Basis {}

    /** Something has to come first, and nobody says when it does. */
    record NotYet(String words) implements Basis {}

    /** Not our claim, or not yet: nobody needs to be told. */
    record NotNow(String why) implements Basis {}
  }

  /** Whether a claim can be served now, and by what. */
  static Basis basis(View view, ClaimFacts claim) {
    if (view.storageClass().isEmpty()) {
      return new Basis.NotNow("the class is not there");
    }
    ClassFacts storageClass = view.storageClass().get();
    if (!storageClass.ours()) {
      return new Basis.NotNow("the class is not ours");
    }
    Optional<String> refusal =
        claim.refusal().or(() -> PropertySet.problem(storageClass.parameters()));
    if (refusal.isPresent()) {
      return new Basis.Unusable(refusal.get());
    }
    return switch (view.inForce()) {
      case InForce.One(ProvisionerDefinition definition) -> {
        yield usable(claim, storageClass.over(definition), view.original());
      }
      case InForce.None none ->
          new Basis.Unusable(
              "no good provisioner ConfigMap serves class "
                  + storageClass.name()
                  + ": the administrator has to add or mend one (label storage-class: "
                  + storageClass.name()
                  + ")");
      case InForce.Several several -> oneOf(view, claim, storageClass, several);
    };
  }

  /** The node that the scheduler selected may tell which of several ConfigMaps it is. */
  private static Basis oneOf(
      View view, ClaimFacts claim, ClassFacts storageClass, InForce.Several several) {
    Optional<ProvisionerDefinition> found =
        view.node() instanceof Sight.Seen<NodeFacts>(NodeFacts node)
            ? several.on(node.labels())
            : Optional.empty();
    if (found.isPresent()) {
      return usable(claim, storageClass.over(found.get()), view.original());
    }
    boolean waits = storageClass.bindingMode() == BindingMode.WAIT_FOR_FIRST_CONSUMER;
    if (waits && several.apart() && claim.selectedNode().isEmpty()) {
      return new Basis.NotNow("no node is selected yet");
    }
    if (waits && several.apart() && view.node() instanceof Sight.Unseen) {
      return new Basis.AskNode(claim.selectedNode().get());
    }
    return new Basis.Unusable(
        "several ConfigMaps serve class "
            + storageClass.name()
            + " and none wins"
            + claim
                .selectedNode()
                .map(node -> " by its provisioner.node-selector on node " + node)
                .orElse("")
            + ": "
            + String.join(", ", several.sources().stream().map(String::valueOf).toList()));
  }

  private static Basis usable(
      ClaimFacts claim, ProvisionerDefinition effective, Optional<ClaimFacts> original) {
    return switch (Source.of(claim, effective, original)) {
      case Source.Refused(String words) -> new Basis.Unusable(words);
      case Source.NotYet(String words) -> new Basis.NotYet(words);
      case Source.Served(Map<String, String> source) -> {
        Map<String, String> asked = asked(claim, effective);
        asked.putAll(source);
        Map<String, String> all = new TreeMap<>(effective.properties());
        all.putAll(asked);
        yield PropertySize.problem(all)
            .<Basis>map(words -> new Basis.Unusable("the properties of class and claim " + words))
            .orElseGet(
                () -> new Basis.Usable(effective, asked, Inputs.of(claim, effective, asked)));
      }
    };
  }

  /** What the claim sets, as far as the ConfigMap lets it. */
  private static Map<String, String> asked(ClaimFacts claim, ProvisionerDefinition effective) {
    Map<String, String> asked = new TreeMap<>(claim.properties());
    asked.keySet().retainAll(effective.terms().claimProperties());
    return asked;
  }

  /** Where a pod that makes a volume may run. */
  static Order.Whereabouts where(View view, ClaimFacts claim) {
    return new Order.Whereabouts(
        claim.selectedNode(),
        Optional.empty(),
        Optional.empty(),
        view.storageClass().map(ClassFacts::topologies).orElse(List.of()),
        Optional.empty());
  }

  /** A pod that makes the volume. Who filed the claim is not known here. */
  static Order provision(
      View view,
      ClaimFacts claim,
      Basis.Usable basis,
      int attempt,
      int since,
      Order.Whereabouts where) {
    ClassFacts storageClass = view.storageClass().orElseThrow();
    List<PodFacts> before = view.pods(Action.PROVISION);
    boolean earlierRan =
        attempt > 1
            && (before.isEmpty()
                || before.stream().anyMatch(pod -> pod.mayHaveRun() || pod.earlierRan()));
    return new Order(
            Action.PROVISION,
            attempt,
            since,
            claim.ref(),
            new VolumeWish(
                claim.ref().uid(),
                storageClass.name(),
                claim.size().orElseThrow(),
                claim.accessModes(),
                claim.volumeMode()),
            storageClass.reclaimPolicy(),
            where,
            basis.inputs(),
            basis.asked(),
            earlierRan,
            basis.effective())
        .straggling(straggling(before));
  }

  /**
   * Until when something that pods began may still act after them: a container on a node that
   * nobody hears of, or a storage system that was called by one that was ended.
   */
  static Optional<Instant> straggling(List<PodFacts> pods) {
    return pods.stream()
        .flatMap(pod ->
            Stream.concat(
                RecordedOrder.read(pod.definition())
                    .flatMap(RecordedOrder::stragglingUntil)
                    .stream(),
                Stream.of(pod.quiet()).filter(quiet -> quiet.isAfter(pod.finished()))))
        .max(Comparator.naturalOrder());
  }

  /** A pod that undoes what a request may have made; the volume object does not exist. */
  static Optional<Order> undo(View view, PodFacts pod, int attempt) {
    return RecordedOrder.read(pod.definition())
        .flatMap(record ->
            delete(
                view,
                record,
                true,
                attempt,
                new Order.Whereabouts(
                    Optional.ofNullable(record.selectedNode()),
                    Optional.empty(),
                    pod.node(),
                    List.of(),
                    Optional.empty())));
  }

  /** A pod that deletes what is behind a volume. */
  static Optional<Order> delete(View view, VolumeFacts volume, int attempt) {
    Optional<RecordedOrder> recorded = volume.definition().flatMap(RecordedOrder::read);
    Order.Whereabouts where = Order.Whereabouts.on(volume.nodeAffinity());
    if (recorded.filter(r -> r.claimUid().equals(view.uid().value())).isPresent()) {
      return delete(view, recorded.get(), volume.believed(), attempt, where);
    }
    if (view.inForce() instanceof InForce.One(ProvisionerDefinition definition)
        && volume.claim().isPresent()) {
      ProvisionerDefinition effective = effective(view, definition);
      return Optional.of(
          new Order(
              Action.DELETE,
              attempt,
              attempt,
              volume.claim().get(),
              new VolumeWish(
                  view.uid(),
                  volume.storageClass(),
                  volume.capacity().orElse(new Bytes(0)),
                  volume.accessModes().stream().sorted().toList(),
                  volume.volumeMode()),
              volume.reclaimPolicy(),
              where,
              Inputs.of(effective),
              Map.of(),
              attempt > 1,
              effective));
    }
    return Optional.empty();
  }

  /** A pod that grows what is behind a volume to what its claim asks for. */
  static Optional<Order> expand(
      View view,
      ClaimFacts claim,
      VolumeFacts volume,
      int attempt,
      int since,
      Optional<String> shunned) {
    Optional<ProvisionerDefinition> found =
        volume
            .definition()
            .flatMap(RecordedOrder::read)
            .filter(record -> record.claimUid().equals(view.uid().value()))
            .flatMap(record -> definition(view, record, volume.believed()))
            .or(() ->
                view.inForce() instanceof InForce.One(ProvisionerDefinition definition)
                    ? Optional.of(effective(view, definition))
                    : Optional.empty())
            .filter(d -> view.trusted().contains(d.source().namespace()));
    return found.map(definition ->
        new Order(
                Action.EXPAND,
                attempt,
                since,
                claim.ref(),
                new VolumeWish(
                    view.uid(),
                    volume.storageClass(),
                    claim.size().orElseThrow(),
                    claim.accessModes(),
                    claim.volumeMode()),
                volume.reclaimPolicy(),
                Order.Whereabouts.on(volume.nodeAffinity()).shunning(shunned),
                Inputs.of(claim, definition, asked(claim, definition)),
                asked(claim, definition),
                attempt > 1,
                definition)
            .filedBy(filer(view, volume)));
  }

  private static Optional<Filer> filer(View view, VolumeFacts volume) {
    return volume
        .definition()
        .filter(text -> volume.believed())
        .flatMap(RecordedOrder::read)
        .filter(record -> record.claimUid().equals(view.uid().value()))
        .flatMap(RecordedOrder::filer);
  }

  /**
   * @param believed whether the record is ours: else only what is in force says what runs
   */
  private static Optional<Order> delete(
      View view, RecordedOrder record, boolean believed, int attempt, Order.Whereabouts where) {
    Optional<ProvisionerDefinition> found =
        definition(view, record, believed)
            .filter(one -> view.trusted().contains(one.source().namespace()));
    return found.map(definition ->
        new Order(
                Action.DELETE,
                attempt,
                attempt,
                record.claim(),
                record.wish(),
                record.reclaimPolicy(),
                where,
                Inputs.of(definition),
                believed ? record.askedAgain() : allowed(record, definition),
                attempt > 1,
                definition)
            .filedBy(believed ? record.filer() : Optional.empty()));
  }

  /**
   * The definition of the class as it is now, since image and credentials may have changed, unless
   * it now serves another plugin, which would know nothing of the volume.
   */
  private static Optional<ProvisionerDefinition> definition(
      View view, RecordedOrder record, boolean believed) {
    return view.inForce()
        .from(new ConfigMapKey(record.namespace(), record.configMap()))
        .or(() -> only(view))
        .filter(now -> now.storageClass().equals(record.storageClass()))
        .filter(now -> now.dockerPlugin().equals(Optional.ofNullable(record.dockerPlugin())))
        .map(now -> effective(view, now))
        .or(() -> believed ? Optional.of(record.definition(Optional.empty())) : Optional.empty());
  }

  /** What the class lets a claim set. */
  private static Map<String, String> allowed(
      RecordedOrder record, ProvisionerDefinition definition) {
    Map<String, String> allowed = new TreeMap<>(record.askedAgain());
    allowed.keySet().retainAll(definition.terms().claimProperties());
    return allowed;
  }

  private static Optional<ProvisionerDefinition> only(View view) {
    return view.inForce() instanceof InForce.One(ProvisionerDefinition definition)
        ? Optional.of(definition)
        : Optional.empty();
  }

  private static ProvisionerDefinition effective(View view, ProvisionerDefinition definition) {
    return view.storageClass()
        .filter(ClassFacts::ours)
        .map(c -> c.over(definition))
        .orElse(definition);
  }
}
