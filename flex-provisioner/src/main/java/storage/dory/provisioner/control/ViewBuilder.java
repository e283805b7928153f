// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.control;

import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import storage.dory.provisioner.catalog.Catalog;
import storage.dory.provisioner.claim.ClaimFacts;
import storage.dory.provisioner.claim.ClaimReader;
import storage.dory.provisioner.claim.ClassFacts;
import storage.dory.provisioner.claim.NodeFacts;
import storage.dory.provisioner.claim.Sight;
import storage.dory.provisioner.claim.View;
import storage.dory.provisioner.podrun.Action;
import storage.dory.provisioner.podrun.PodFacts;
import storage.dory.provisioner.podrun.PodReader;
import storage.dory.provisioner.podrun.RecordedOrder;
import storage.dory.provisioner.volume.ClaimUid;
import storage.dory.provisioner.volume.VolumeFacts;
import storage.dory.provisioner.volume.VolumeReader;

/** Gathers what is known of one request. */
final class ViewBuilder {
  private final ClusterView cluster;
  private final Catalog catalog;
  private final Sightings sightings;
  private final RecordSeal seal;

  ViewBuilder(ClusterView cluster, Catalog catalog, Sightings sightings, RecordSeal seal) {
    this.seal = seal;
    this.cluster = cluster;
    this.catalog = catalog;
    this.sightings = sightings;
  }

  View build(ClaimUid uid, Instant now) {
    List<PodFacts> pods =
        cluster.pods(uid).stream()
            .map((Pod pod) -> PodReader.read(pod, now))
            .flatMap(Optional::stream)
            .filter(pod -> !pod.letGo())
            .toList();
    // a pod that deletes makes none: what was said of the volume still holds while it runs
    if (pods.stream().anyMatch(pod -> pod.action() == Action.PROVISION && !pod.ended())) {
      sightings.volumeMayCome(uid);
    }
    Sight<ClaimFacts> claim =
        cluster
            .claim(uid)
            .map(ClaimReader::read)
            .<Sight<ClaimFacts>>map(Sight.Seen::new)
            .orElseGet(
                () -> sightings.isClaimGone(uid) ? new Sight.Gone<>() : new Sight.Unseen<>());
    Sight<VolumeFacts> volume =
        cluster
            .volume(uid.volumeName())
            .map(VolumeReader::read)
            .map(found -> seal.judged(found, !(claim instanceof Sight.Seen)))
            .<Sight<VolumeFacts>>map(Sight.Seen::new)
            .orElseGet(
                () -> sightings.isVolumeAbsent(uid) ? new Sight.Gone<>() : new Sight.Unseen<>());
    String className = className(claim, volume, pods).orElse("");
    return new View(
        uid,
        claim,
        volume,
        original(claim),
        node(uid, claim),
        pods,
        className.isEmpty()
            ? Optional.empty()
            : cluster.storageClass(className).map(ClassFacts::read),
        catalog.of(className),
        cluster.trusted(),
        sightings.secretsGiven(pods.stream().map(PodFacts::objectUid).toList()));
  }

  private Sight<NodeFacts> node(ClaimUid uid, Sight<ClaimFacts> claim) {
    return claim instanceof Sight.Seen<ClaimFacts>(ClaimFacts facts)
        ? facts.selectedNode().map(name -> sightings.node(uid, name)).orElseGet(Sight.Unseen::new)
        : new Sight.Unseen<>();
  }

  private Optional<ClaimFacts> original(Sight<ClaimFacts> claim) {
    return claim instanceof Sight.Seen<ClaimFacts>(ClaimFacts facts)
        ? facts
            .dataSource()
            .filter(source -> source.kind().equals("PersistentVolumeClaim"))
            .flatMap(source -> cluster.claim(facts.ref().namespace(), source.name()))
            .map(ClaimReader::read)
        : Optional.empty();
  }

  private static Optional<String> className(
      Sight<ClaimFacts> claim, Sight<VolumeFacts> volume, List<PodFacts> pods) {
    if (claim instanceof Sight.Seen<ClaimFacts>(ClaimFacts facts)) {
      return facts.storageClass();
    }
    if (volume instanceof Sight.Seen<VolumeFacts>(VolumeFacts facts)) {
      return Optional.of(facts.storageClass());
    }
    return pods.stream()
        .findFirst()
        .flatMap(pod -> RecordedOrder.read(pod.definition()))
        .map(RecordedOrder::storageClass);
  }
}
