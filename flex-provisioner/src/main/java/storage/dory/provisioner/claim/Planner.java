// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.claim;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import storage.dory.provisioner.podrun.Action;
import storage.dory.provisioner.podrun.PodFacts;
import storage.dory.provisioner.podrun.RecordedOrder;
import storage.dory.provisioner.reconcile.Backoff;
import storage.dory.provisioner.volume.ClaimRef;
import storage.dory.provisioner.volume.VolumeFacts;
import storage.dory.provisioner.volume.VolumePhase;

/**
 * Decides the next step of a request from what the cluster shows, and from nothing else. A
 * provisioner that starts afresh decides as the one before it would have.
 */
public final class Planner {
  private final WantedPlanner wanted;
  private final UnwantedPlanner unwanted;

  /** The back-off that the contract names: 1 s, doubling, at most 5 min. */
  public static Planner withUsualBackoff() {
    return new Planner(new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5)));
  }

  /** Waits after failures as the back-off says. */
  public Planner(Backoff backoff) {
    wanted = new WantedPlanner(backoff);
    unwanted = new UnwantedPlanner(backoff);
  }

  /** The next step at a time. */
  public Plan plan(View view, Instant now) {
    Optional<Plan> superseded = superseded(view);
    if (superseded.isPresent()) {
      return superseded.get();
    }
    return switch (view.claim()) {
      case Sight.Seen<ClaimFacts>(ClaimFacts claim)
          when claim.servedElsewhere()
              || (claim.deleting() && !(view.volume() instanceof Sight.Seen)) ->
          unwanted.plan(view, claim.ref(), now, false);
      case Sight.Seen<ClaimFacts>(ClaimFacts claim) -> wanted.plan(view, claim, now);
      case Sight.Unseen<ClaimFacts> unseen -> confirm(view);
      case Sight.Gone<ClaimFacts> gone ->
          knownClaim(view)
              .map(ref -> unwanted.plan(view, ref, now, true))
              .orElseGet(() -> Plan.of(new Step.Rest("nothing is left of the request")));
    };
  }

  /** A pod that has a successor is settled: the successor is the record now. */
  private static Optional<Plan> superseded(View view) {
    for (Action action : Action.values()) {
      List<PodFacts> pods = view.pods(action);
      for (PodFacts pod : pods.subList(0, Math.max(0, pods.size() - 1))) {
        if (pod.ended()) {
          return Optional.of(Plan.of(new Step.FinishPod(pod)));
        }
        if (!pod.deleting()) {
          return Optional.of(Plan.of(new Step.StopPod(pod, "another pod has taken over")));
        }
      }
    }
    return Optional.empty();
  }

  private static Plan confirm(View view) {
    boolean volumeWaits =
        view.volume() instanceof Sight.Seen<VolumeFacts>(VolumeFacts volume)
            && volume.isFor(view.uid())
            && volume.ours()
            && (volume.phase() == VolumePhase.RELEASED
                || (volume.deleting() && volume.finalizer()));
    if (view.pods().isEmpty() && !volumeWaits) {
      return Plan.of(new Step.Rest("no claim, and nothing to clean up"));
    }
    return knownClaim(view)
        .map(ref -> Plan.of(new Step.ConfirmClaim(ref)))
        .orElseGet(() -> Plan.of(new Step.Rest("nobody knows whose it is")));
  }

  private static Optional<ClaimRef> knownClaim(View view) {
    Optional<ClaimRef> ofVolume =
        view.volume() instanceof Sight.Seen<VolumeFacts>(VolumeFacts volume)
                && volume.isFor(view.uid())
            ? volume.claim()
            : Optional.empty();
    return view.pods().stream().map(PodFacts::claim).findFirst().or(() -> ofVolume);
  }

  /** A pod that was cut off may have begun more than the volume that is there. */
  private static String definition(PodFacts pod) {
    return RecordedOrder.read(pod.definition())
        .map(record -> record.straggling(Orders.straggling(List.of(pod))).withoutSecrets().text())
        .orElse(pod.definition());
  }

  /** What a volume lacks of our marks, as the step that adds it; empty when it lacks nothing. */
  static Optional<Step> adoption(VolumeFacts volume, PodFacts pod) {
    String definition = definition(pod);
    boolean whole =
        volume.ours()
            && volume.finalizer()
            && volume.believed()
            && volume.definition().filter(definition::equals).isPresent();
    if (volume.isGoing()) {
      return Optional.empty();
    }
    boolean readable = RecordedOrder.read(pod.definition()).isPresent();
    return whole || !readable ? Optional.empty() : Optional.of(new Step.Adopt(volume, definition));
  }
}
