// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.claim;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import storage.dory.provisioner.catalog.ReclaimPolicy;
import storage.dory.provisioner.podrun.Action;
import storage.dory.provisioner.podrun.Order;
import storage.dory.provisioner.podrun.PodFacts;
import storage.dory.provisioner.podrun.PodOutcome;
import storage.dory.provisioner.podrun.RecordedOrder;
import storage.dory.provisioner.reconcile.Backoff;
import storage.dory.provisioner.volume.ClaimRef;
import storage.dory.provisioner.volume.Marks;
import storage.dory.provisioner.volume.VolumeFacts;
import storage.dory.provisioner.volume.VolumePhase;

/** The way of a request whose claim has gone: stop, undo or delete, and only then forget. */
final class UnwantedPlanner {
  /** So far the clocks of a cluster may be apart without a pod too many. */
  private static final Duration CLOCKS = Duration.ofSeconds(30);

  private final Backoff backoff;

  UnwantedPlanner(Backoff backoff) {
    this.backoff = backoff;
  }

  /**
   * @param claimGone whether the API server said so; otherwise the claim exists but wants no volume
   *     of ours, and a volume object is left to whoever binds it
   */
  Plan plan(View view, ClaimRef claim, Instant now, boolean claimGone) {
    List<PodFacts> provisions = view.pods(Action.PROVISION);
    if (!provisions.isEmpty() && !provisions.getLast().ended()) {
      return PodWait.unwantedOnceHeardOf(provisions.getLast(), now, "its claim has gone");
    }
    List<PodFacts> expansions = view.pods(Action.EXPAND);
    if (!expansions.isEmpty()) {
      // the volume has its own record, so nothing is forgotten with this one
      return expansions.getLast().ended()
          ? Plan.of(new Step.FinishPod(expansions.getLast()))
          : PodWait.unwanted(expansions.getLast(), "its claim has gone");
    }
    return switch (view.volume()) {
      case Sight.Unseen<VolumeFacts> unseen ->
          view.pods().isEmpty()
              ? Plan.of(new Step.Rest("nothing is left of the request"))
              : Plan.of(new Step.ConfirmVolume(view.uid()));
      case Sight.Gone<VolumeFacts> gone -> undo(view, claim, provisions, now);
      case Sight.Seen<VolumeFacts>(VolumeFacts volume) when !volume.isFor(view.uid()) ->
          foreign(volume, provisions);
      case Sight.Seen<VolumeFacts>(VolumeFacts volume)
          when !provisions.isEmpty() && volume.isGoing() ->
          // the pod stays the record
          Plan.of(new Step.WaitUntil(now.plusSeconds(30), "the volume object is going"));
      case Sight.Seen<VolumeFacts>(VolumeFacts volume) when !provisions.isEmpty() ->
          Planner.adoption(volume, provisions.getLast())
              .map(Plan::of)
              .orElseGet(() -> Plan.of(new Step.FinishPod(provisions.getLast())));
      case Sight.Seen<VolumeFacts>(VolumeFacts volume) when claimGone -> delete(view, volume, now);
      case Sight.Seen<VolumeFacts> left -> Plan.of(new Step.Rest("the volume is the binder's"));
    };
  }

  private Plan undo(View view, ClaimRef claim, List<PodFacts> provisions, Instant now) {
    List<PodFacts> deletes = view.pods(Action.DELETE);
    if (provisions.isEmpty()) {
      // the volume object has gone after its deletion, or somebody took it away by hand
      return deletes.isEmpty()
          ? Plan.of(new Step.Rest("nothing is left of the request"))
          : deletes.getLast().ended()
              ? Plan.of(new Step.FinishPod(deletes.getLast()))
              : PodWait.wanted(view, deletes.getLast(), now, of(claim), Tell.Kind.CLEANUP_FAILED);
    }
    PodFacts pod = provisions.getLast();
    boolean mayExist = pod.earlierRan() || pod.mayHaveRun();
    if (!mayExist) {
      return Plan.of(new Step.FinishPod(pod));
    }
    if (view.pods().stream().anyMatch(PodFacts::givenUp)) {
      return givenUp(claim, pod, deletes);
    }
    return pursue(
        view,
        now,
        of(claim),
        Tell.Kind.CLEANUP_FAILED,
        attempt -> Orders.undo(view, pod, attempt),
        Orders.straggling(provisions),
        Plan.of(new Step.FinishPod(pod)));
  }

  /** An administrator says that nobody shall try any longer. */
  private static Plan givenUp(ClaimRef claim, PodFacts pod, List<PodFacts> deletes) {
    if (!deletes.isEmpty() && !deletes.getLast().ended()) {
      return PodWait.unwanted(deletes.getLast(), "it was given up");
    }
    return Plan.of(
        new Step.FinishPod(pod),
        Tell.of(
            claim,
            Tell.Kind.CLEANUP_FAILED,
            "given up by annotation "
                + Marks.GIVE_UP
                + ": volume "
                + claim.uid().volumeName()
                + " may be left in the storage system"));
  }

  /** What an administrator can do who does not want it to be tried for ever. */
  private static String wayOut(PodFacts pod, Tell.Kind kind) {
    return kind == Tell.Kind.DELETE_FAILED
        ? ". To keep what is left, set the volume's reclaim policy to Retain"
        : ". To leave what may be left: kubectl -n "
            + pod.namespace()
            + " annotate pod "
            + pod.name()
            + " "
            + Marks.GIVE_UP
            + "=true";
  }

  private Plan delete(View view, VolumeFacts volume, Instant now) {
    boolean due =
        volume.phase() == VolumePhase.RELEASED || (volume.deleting() && volume.finalizer());
    if (!volume.ours() || !due) {
      return Plan.of(new Step.Rest("the volume is not to be deleted"));
    }
    if (!volume.reclaimPolicy().equals(ReclaimPolicy.DELETE.text())) {
      return retained(view, volume);
    }
    if (volume.definition().isPresent()
        && !volume.believed()
        && Orders.delete(view, volume, 1).isEmpty()) {
      return unsealed(volume);
    }
    return pursue(
        view,
        now,
        new Tell.Subject.OfVolume(volume.name(), volume.objectUid()),
        Tell.Kind.DELETE_FAILED,
        attempt -> Orders.delete(view, volume, attempt),
        volume
            .definition()
            .filter(text -> volume.believed())
            .flatMap(RecordedOrder::read)
            .flatMap(RecordedOrder::stragglingUntil),
        afterDeletion(volume, now));
  }

  private static Plan afterDeletion(VolumeFacts volume, Instant now) {
    if (!volume.deleting()) {
      return Plan.of(new Step.DeleteVolume(volume));
    }
    if (volume.finalizer()) {
      return Plan.of(new Step.ReleaseVolume(volume));
    }
    return Plan.of(new Step.WaitUntil(now.plusSeconds(30), "the volume is going"));
  }

  private static Plan retained(View view, VolumeFacts volume) {
    List<PodFacts> deletes = view.pods(Action.DELETE);
    if (!deletes.isEmpty()) {
      return deletes.getLast().ended()
          ? Plan.of(new Step.FinishPod(deletes.getLast()))
          : PodWait.unwanted(deletes.getLast(), "the volume is to be retained");
    }
    return volume.deleting() && volume.finalizer()
        ? Plan.of(new Step.ReleaseVolume(volume))
        : Plan.of(new Step.Rest("the volume is retained"));
  }

  /** A volume of that name is another's: it and what is behind it are not touched. */
  private static Plan foreign(VolumeFacts volume, List<PodFacts> provisions) {
    if (provisions.isEmpty()) {
      return Plan.of(new Step.Rest("the volume is another's"));
    }
    return Plan.of(
        new Step.Rest("the volume is another's"),
        new Tell(
            new Tell.Subject.OfVolume(volume.name(), volume.objectUid()),
            Tell.Kind.DELETE_FAILED,
            "the volume is not of the claim it is named after, so what pod "
                + provisions.getLast().name()
                + " made is not deleted: it goes on when this PersistentVolume has gone"));
  }

  /**
   * Runs delete pods, one after the other and for ever, until one says that it is done: one that
   * was made when nothing could make the volume again.
   */
  private Plan pursue(
      View view,
      Instant now,
      Tell.Subject subject,
      Tell.Kind kind,
      java.util.function.IntFunction<Optional<Order>> orders,
      Optional<Instant> straggling,
      Plan done) {
    List<PodFacts> deletes = view.pods(Action.DELETE);
    if (deletes.isEmpty()) {
      return orders
          .apply(1)
          .map(order -> Plan.of(new Step.Launch(order)))
          .orElseGet(() -> unknown(subject, kind));
    }
    PodFacts pod = deletes.getLast();
    return switch (pod.outcome()) {
      case PodOutcome.NotStarted n -> PodWait.wanted(view, pod, now, subject, kind);
      case PodOutcome.ImageTrouble i -> PodWait.wanted(view, pod, now, subject, kind);
      case PodOutcome.Unschedulable u -> PodWait.wanted(view, pod, now, subject, kind);
      case PodOutcome.Running r -> PodWait.wanted(view, pod, now, subject, kind);
      case PodOutcome.Succeeded s ->
          straggling.filter(pod.created()::isBefore).isPresent()
              ? onceMore(pod, now, straggling.get(), subject, kind, orders)
              : done;
      case PodOutcome.Final(String words) -> again(view, pod, words, now, subject, kind, orders);
      case PodOutcome.Reschedule(String words) ->
          again(view, pod, words, now, subject, kind, orders);
      case PodOutcome.Failed(String words) -> again(view, pod, words, now, subject, kind, orders);
    };
  }

  /** What was cut off may have made the volume after this pod looked. */
  private static Plan onceMore(
      PodFacts pod,
      Instant now,
      Instant straggling,
      Tell.Subject subject,
      Tell.Kind kind,
      java.util.function.IntFunction<Optional<Order>> orders) {
    // by another clock than the one that says when a pod was made
    Instant soonest = pod.finished().plus(CLOCKS);
    Instant due = straggling.isAfter(soonest) ? straggling : soonest;
    if (now.isBefore(due)) {
      return Plan.of(
          new Step.WaitUntil(due, "what was cut off may still act"),
          new Tell(
              subject,
              Tell.Kind.CLEANUP_WAITS,
              "deleted once; a provisioning pod that was cut off may still act until "
                  + due
                  + ", and it is deleted once more then"));
    }
    return orders
        .apply(pod.attempt() + 1)
        .map(order -> Plan.of(new Step.Launch(order)))
        .orElseGet(() -> unknown(subject, kind));
  }

  private Plan again(
      View view,
      PodFacts pod,
      String words,
      Instant now,
      Tell.Subject subject,
      Tell.Kind kind,
      java.util.function.IntFunction<Optional<Order>> orders) {
    Optional<Order> order = orders.apply(pod.attempt() + 1);
    if (order.isEmpty()) {
      return unknown(subject, kind);
    }
    boolean changed = !order.get().inputs().equals(pod.inputs());
    Duration delay = backoff.after(view.uid() + "/delete", pod.attempt());
    Instant due = pod.finished().plus(delay);
    Tell tell =
        new Tell(
            subject,
            kind,
            "attempt "
                + pod.attempt()
                + " to delete failed: "
                + words
                + "; tried again after "
                + Math.max(1, delay.toSeconds())
                + " s"
                + wayOut(pod, kind));
    return changed || !now.isBefore(due)
        ? Plan.of(new Step.Launch(order.get()), tell)
        : Plan.of(new Step.WaitUntil(due, "back-off"), tell);
  }

  /** Somebody else may have written what would choose the image and its account. */
  private static Plan unsealed(VolumeFacts volume) {
    return Plan.of(
        new Step.Rest("its record is not believed"),
        new Tell(
            new Tell.Subject.OfVolume(volume.name(), volume.objectUid()),
            Tell.Kind.DELETE_FAILED,
            "no ConfigMap serves the class of the volume, and the annotation "
                + Marks.DEFINITION
                + ", which says how to delete it, does not bear our seal in "
                + Marks.SEAL
                + ": it was changed, written by an older provisioner, or the key was lost. Add the ConfigMap"
                + " again, or see kubectl dory reseal "
                + volume.name()));
  }

  private static Plan unknown(Tell.Subject subject, Tell.Kind kind) {
    return Plan.of(
        new Step.Rest("nobody knows how to delete it"),
        new Tell(
            subject,
            kind,
            "there is neither a ConfigMap for the class nor a record of how to delete it in a"
                + " namespace that is trusted: add the ConfigMap again"));
  }

  private static Tell.Subject of(ClaimRef claim) {
    return new Tell.Subject.OfClaim(claim);
  }
}
