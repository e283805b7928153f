// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.claim;

import java.util.List;
import java.util.Optional;
import storage.dory.provisioner.catalog.InForce;
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
    record Usable(ProvisionerDefinition effective, String inputs) implements Basis {}

    record Unusable(String words) implements Basis {}

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
        ProvisionerDefinition effective = storageClass.over(definition);
        yield new Basis.Usable(effective, Inputs.of(claim, effective));
      }
      case InForce.None none ->
          new Basis.Unusable(
              "no good provisioner ConfigMap serves class "
                  + storageClass.name()
                  + ": the administrator has to add or mend one (label storage-class: "
                  + storageClass.name()
                  + ")");
      case InForce.Several(List<?> sources) ->
          new Basis.Unusable(
              "several ConfigMaps serve class "
                  + storageClass.name()
                  + " and none wins: "
                  + String.join(", ", sources.stream().map(String::valueOf).toList()));
    };
  }

  /** A pod that makes the volume. Who filed the claim is not known here. */
  static Order provision(
      View view,
      ClaimFacts claim,
      Basis.Usable basis,
      int attempt,
      int since,
      Optional<String> shunned) {
    ClassFacts storageClass = view.storageClass().orElseThrow();
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
        new Order.Whereabouts(claim.selectedNode(), shunned, Optional.empty()),
        basis.inputs(),
        basis.effective());
  }

  /** A pod that undoes what a request may have made; the volume object does not exist. */
  static Optional<Order> undo(View view, PodFacts pod, int attempt) {
    return RecordedOrder.read(pod.definition())
        .flatMap(record ->
            delete(
                view,
                record,
                attempt,
                new Order.Whereabouts(
                    Optional.ofNullable(record.selectedNode()),
                    Optional.empty(),
                    Optional.empty())));
  }

  /** A pod that deletes what is behind a volume. */
  static Optional<Order> delete(View view, VolumeFacts volume, int attempt) {
    Optional<RecordedOrder> recorded = volume.definition().flatMap(RecordedOrder::read);
    Order.Whereabouts where =
        new Order.Whereabouts(Optional.empty(), Optional.empty(), volume.nodeAffinity());
    if (recorded.filter(r -> r.claimUid().equals(view.uid().value())).isPresent()) {
      return delete(view, recorded.get(), attempt, where);
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
            .map(record -> definition(view, record))
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
            new Order.Whereabouts(Optional.empty(), shunned, volume.nodeAffinity()),
            Inputs.of(claim, definition),
            definition,
            filer(view, volume)));
  }

  private static Optional<Filer> filer(View view, VolumeFacts volume) {
    return volume
        .definition()
        .flatMap(RecordedOrder::read)
        .filter(record -> record.claimUid().equals(view.uid().value()))
        .flatMap(RecordedOrder::filer);
  }

  private static Optional<Order> delete(
      View view, RecordedOrder record, int attempt, Order.Whereabouts where) {
    ProvisionerDefinition definition = definition(view, record);
    if (!view.trusted().contains(definition.source().namespace())) {
      return Optional.empty();
    }
    return Optional.of(
        new Order(
                Action.DELETE,
                attempt,
                attempt,
                record.claim(),
                record.wish(),
                record.reclaimPolicy(),
                where,
                Inputs.of(definition),
                definition)
            .filedBy(record.filer()));
  }

  /**
   * The definition of the class as it is now, since image and credentials may have changed, unless
   * it now serves another plugin, which would know nothing of the volume.
   */
  private static ProvisionerDefinition definition(View view, RecordedOrder record) {
    if (view.inForce() instanceof InForce.One(ProvisionerDefinition now)
        && now.storageClass().equals(record.storageClass())
        && now.dockerPlugin().equals(Optional.ofNullable(record.dockerPlugin()))) {
      return effective(view, now);
    }
    return record.definition(Optional.empty());
  }

  private static ProvisionerDefinition effective(View view, ProvisionerDefinition definition) {
    return view.storageClass()
        .filter(ClassFacts::ours)
        .map(c -> c.over(definition))
        .orElse(definition);
  }
}
