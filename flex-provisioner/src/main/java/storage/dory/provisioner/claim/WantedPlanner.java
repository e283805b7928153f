// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.claim;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import storage.dory.provisioner.catalog.BindingMode;
import storage.dory.provisioner.podrun.Action;
import storage.dory.provisioner.podrun.PodFacts;
import storage.dory.provisioner.podrun.PodOutcome;
import storage.dory.provisioner.podrun.RecordedOrder;
import storage.dory.provisioner.reconcile.Backoff;
import storage.dory.provisioner.volume.VolumeFacts;
import storage.dory.provisioner.volume.VolumePhase;

/** The way of a claim that exists: a pod, its ending, another pod or the volume. */
final class WantedPlanner {
  /** Nothing tells when a claim that is to be cloned has its volume. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(10);

  private final Backoff backoff;
  private final ExpansionPlanner expansion;

  WantedPlanner(Backoff backoff) {
    this.backoff = backoff;
    this.expansion = new ExpansionPlanner(backoff);
  }

  Plan plan(View view, ClaimFacts claim, Instant now) {
    List<PodFacts> deletes = view.pods(Action.DELETE);
    if (!deletes.isEmpty()) {
      PodFacts delete = deletes.getLast();
      return delete.ended()
          ? Plan.of(new Step.FinishPod(delete))
          : PodWait.unwanted(delete, "the claim exists");
    }
    List<PodFacts> pods = view.pods(Action.PROVISION);
    if (pods.isEmpty()) {
      return expansion.plan(view, claim, now).orElseGet(() -> first(view, claim, now));
    }
    PodFacts pod = pods.getLast();
    if (view.volume() instanceof Sight.Seen<VolumeFacts>(VolumeFacts volume)
        && isDoomed(volume, claim)) {
      // the pod is the record
      return Plan.of(new Step.ReleaseVolume(volume));
    }
    if (pod.ended() && isBoundToOurs(view, claim) && view.volume() instanceof Sight.Unseen) {
      return Plan.of(new Step.ConfirmVolume(view.uid()));
    }
    Optional<Step> adoption = pod.ended() ? adoption(view, pod) : Optional.empty();
    if (adoption.isPresent()) {
      return Plan.of(adoption.get());
    }
    if (pod.ended() && has(view, claim, pod)) {
      return served(view, claim, pod);
    }
    return switch (pod.outcome()) {
      case PodOutcome.NotStarted n -> waiting(view, claim, pod, now);
      case PodOutcome.ImageTrouble i -> waiting(view, claim, pod, now);
      case PodOutcome.Unschedulable u -> withoutNode(view, claim, pod, now);
      case PodOutcome.Running r -> waiting(view, claim, pod, now);
      case PodOutcome.Succeeded s -> succeeded(view, claim, pod, now);
      case PodOutcome.Final(String words) -> finalEnd(view, claim, pod, words);
      case PodOutcome.Reschedule(String words) -> reschedule(view, claim, pod, words, now);
      case PodOutcome.Failed(String words) -> again(view, claim, pod, words, Optional.empty(), now);
    };
  }

  /** No node takes the pod: perhaps the one that it has to run on is no more. */
  private static Plan withoutNode(View view, ClaimFacts claim, PodFacts pod, Instant now) {
    if (!byConsumer(view) || claim.selectedNode().isEmpty() || pod.deleting()) {
      return waiting(view, claim, pod, now);
    }
    return switch (view.node()) {
      case Sight.Unseen<NodeFacts> unseen ->
          Plan.of(new Step.ReadNode(view.uid(), claim.selectedNode().get()));
      case Sight.Gone<NodeFacts> gone -> Plan.of(new Step.StopPod(pod, "its node has gone"));
      case Sight.Seen<NodeFacts> seen -> waiting(view, claim, pod, now);
    };
  }

  private static boolean byConsumer(View view) {
    return view.storageClass()
        .filter(c -> c.bindingMode() == BindingMode.WAIT_FOR_FIRST_CONSUMER)
        .isPresent();
  }

  /** A pod that comes late, from a request that was held up, is not let begin what is done. */
  private static Plan waiting(View view, ClaimFacts claim, PodFacts pod, Instant now) {
    boolean begun = pod.outcome() instanceof PodOutcome.Running;
    if (!begun && has(view, claim, pod) && isMarked(view)) {
      return PodWait.unwanted(pod, "the claim has its volume");
    }
    return PodWait.wanted(view, pod, now, new Tell.Subject.OfClaim(claim.ref()), Tell.Kind.FAILED);
  }

  private static Plan first(View view, ClaimFacts claim, Instant now) {
    if (!claim.pending() || !claim.handedToUs() || claim.deleting()) {
      return Plan.of(new Step.Rest("the claim does not wait for us"));
    }
    if (view.volume() instanceof Sight.Seen<VolumeFacts>(VolumeFacts volume)
        && !isDoomed(volume, claim)) {
      return volume.isFor(view.uid())
          ? Plan.of(new Step.Rest("the volume is there"))
          : told(
              claim,
              "PersistentVolume "
                  + volume.name()
                  + " exists and is not of this claim: it has to go before another can be made");
    }
    if (claim.volumeName().isPresent()) {
      return Plan.of(new Step.Rest("the claim names its volume"));
    }
    return switch (Orders.basis(view, claim)) {
      case Orders.Basis.NotNow(String why) -> Plan.of(new Step.Rest(why));
      case Orders.Basis.Unusable(String words) -> told(claim, words);
      case Orders.Basis.NotYet(String words) -> later(claim, words, now);
      case Orders.Basis.AskNode(String node) -> Plan.of(new Step.ReadNode(view.uid(), node));
      case Orders.Basis.Usable basis when waitsForConsumer(view, claim) ->
          Plan.of(new Step.Rest("no node is selected yet"));
      case Orders.Basis.Usable basis ->
          Plan.of(
              new Step.Launch(
                  Orders.provision(view, claim, basis, 1, 1, Orders.where(view, claim))));
    };
  }

  private Plan succeeded(View view, ClaimFacts claim, PodFacts pod, Instant now) {
    return switch (view.volume()) {
      case Sight.Unseen<VolumeFacts> unseen -> Plan.of(new Step.ConfirmVolume(view.uid()));
      case Sight.Gone<VolumeFacts> gone ->
          again(
              view,
              claim,
              pod,
              "the pod ended with exit code 0, but there is no PersistentVolume "
                  + view.uid().volumeName(),
              Optional.empty(),
              now);
      case Sight.Seen<VolumeFacts>(VolumeFacts volume) -> {
        Optional<String> mismatch =
            RecordedOrder.read(pod.definition())
                .map(record -> record.wish().mismatch(volume))
                .orElse(Optional.of("the pod's record of what was asked for cannot be read"));
        if (mismatch.isPresent()) {
          yield again(
              view,
              claim,
              pod,
              "PersistentVolume " + volume.name() + " is not what was asked for: " + mismatch.get(),
              Optional.empty(),
              now);
        }
        yield served(view, claim, pod);
      }
    };
  }

  private static boolean isBoundToOurs(View view, ClaimFacts claim) {
    return !claim.pending()
        && claim.volumeName().filter(view.uid().volumeName()::equals).isPresent();
  }

  /**
   * Whether somebody has deleted the volume object before the claim was bound to it, which it never
   * will be: it has to go before another can be made of what is behind it.
   */
  private static boolean isDoomed(VolumeFacts volume, ClaimFacts claim) {
    return claim.pending()
        && !claim.deleting()
        && claim.volumeName().isEmpty()
        && volume.isFor(claim.ref().uid())
        && volume.ours()
        && volume.deleting()
        && volume.finalizer()
        && volume.phase() == VolumePhase.UNBOUND;
  }

  /** Whether the claim is bound to what it asked for: then it does not matter what the pod said. */
  private static boolean has(View view, ClaimFacts claim, PodFacts pod) {
    return isBoundToOurs(view, claim)
        && view.volume() instanceof Sight.Seen<VolumeFacts>(VolumeFacts volume)
        && RecordedOrder.read(pod.definition())
            .filter(record -> record.wish().mismatch(volume).isEmpty())
            .isPresent();
  }

  /** Whether an earlier pod has been followed to its end. */
  private static boolean isMarked(View view) {
    return view.volume() instanceof Sight.Seen<VolumeFacts>(VolumeFacts volume)
        && volume.ours()
        && volume.definition().isPresent();
  }

  private static Plan served(View view, ClaimFacts claim, PodFacts pod) {
    if (view.volume() instanceof Sight.Seen<VolumeFacts>(VolumeFacts volume) && volume.isGoing()) {
      // the pod stays the record
      return Plan.of(new Step.Rest("the volume object is going"));
    }
    return Plan.of(
        new Step.FinishPod(pod),
        Tell.of(
            claim.ref(),
            Tell.Kind.SUCCEEDED,
            "PersistentVolume " + claim.ref().uid().volumeName() + " is there"));
  }

  /** A volume that is the claim's gets our marks whatever its pod said at the end. */
  private static Optional<Step> adoption(View view, PodFacts pod) {
    return view.volume() instanceof Sight.Seen<VolumeFacts>(VolumeFacts volume)
            && RecordedOrder.read(pod.definition())
                .filter(record -> record.wish().mismatch(volume).isEmpty())
                .isPresent()
        ? Planner.adoption(volume, pod)
        : Optional.empty();
  }

  private Plan finalEnd(View view, ClaimFacts claim, PodFacts pod, String words) {
    Tell tell =
        Tell.of(
            claim.ref(),
            Tell.Kind.FAILED,
            "it can never work: " + words + "; tried again when claim, class or ConfigMap change");
    return switch (Orders.basis(view, claim)) {
      case Orders.Basis.Usable basis when !basis.inputs().equals(pod.inputs()) ->
          Plan.of(launchAfresh(view, claim, basis, pod));
      case Orders.Basis.Usable basis -> Plan.of(new Step.Rest("final"), tell);
      case Orders.Basis.NotNow(String why) -> Plan.of(new Step.Rest(why), tell);
      case Orders.Basis.Unusable(String why) -> Plan.of(new Step.Rest(why), tell);
      case Orders.Basis.NotYet(String why) -> Plan.of(new Step.Rest(why), tell);
      case Orders.Basis.AskNode(String node) -> Plan.of(new Step.ReadNode(view.uid(), node));
    };
  }

  private Plan reschedule(View view, ClaimFacts claim, PodFacts pod, String words, Instant now) {
    if (!byConsumer(view)) {
      return again(view, claim, pod, words, pod.node(), now);
    }
    if (pod.nodeGivenBack()) {
      return claim.selectedNode().isEmpty()
          ? Plan.of(new Step.Rest("no node is selected yet"))
          : again(view, claim, pod, words, Optional.empty(), now);
    }
    return claim.selectedNode().isPresent()
        ? Plan.of(
            new Step.GiveBackNode(claim),
            Tell.of(
                claim.ref(),
                Tell.Kind.FAILED,
                "not on node "
                    + claim.selectedNode().get()
                    + ": "
                    + words
                    + "; the scheduler chooses again"))
        : Plan.of(new Step.NoteNodeGivenBack(pod));
  }

  /** Another attempt after a failure, when it is due. */
  private Plan again(
      View view,
      ClaimFacts claim,
      PodFacts pod,
      String words,
      Optional<String> shunned,
      Instant now) {
    if (byConsumer(view)
        && claim.selectedNode().isPresent()
        && view.node() instanceof Sight.Gone<NodeFacts>) {
      return Plan.of(
          new Step.GiveBackNode(claim),
          Tell.of(
              claim.ref(),
              Tell.Kind.FAILED,
              "node "
                  + claim.selectedNode().get()
                  + " has gone: "
                  + words
                  + "; the scheduler chooses again"));
    }
    return switch (Orders.basis(view, claim)) {
      case Orders.Basis.NotNow(String why) -> told(claim, words + "; not tried again: " + why);
      case Orders.Basis.Unusable(String why) -> told(claim, words + "; not tried again: " + why);
      case Orders.Basis.NotYet(String why) -> later(claim, words + "; " + why, now);
      case Orders.Basis.AskNode(String node) -> Plan.of(new Step.ReadNode(view.uid(), node));
      case Orders.Basis.Usable basis when !basis.inputs().equals(pod.inputs()) ->
          Plan.of(launchAfresh(view, claim, basis, pod));
      case Orders.Basis.Usable basis when waitsForConsumer(view, claim) ->
          Plan.of(new Step.Rest("no node is selected yet"));
      case Orders.Basis.Usable basis -> {
        int used = pod.attempt() - pod.since() + 1;
        int most = basis.effective().attempts();
        String counted = "attempt " + used + " of " + most + " failed: " + words;
        if (used >= most) {
          yield told(claim, counted + "; tried again when claim, class or ConfigMap change");
        }
        Duration delay = backoff.after(view.uid().value(), used);
        Instant due = pod.finished().plus(delay);
        Tell tell =
            Tell.of(
                claim.ref(),
                Tell.Kind.FAILED,
                counted + "; tried again after " + Math.max(1, delay.toSeconds()) + " s");
        yield now.isBefore(due)
            ? Plan.of(new Step.WaitUntil(due, "back-off"), tell)
            : Plan.of(
                new Step.Launch(
                    Orders.provision(
                        view,
                        claim,
                        basis,
                        pod.attempt() + 1,
                        pod.since(),
                        shunned.isPresent()
                            ? Orders.where(view, claim).shunning(shunned)
                            : Orders.where(view, claim).preferring(pod.node()))),
                tell);
      }
    };
  }

  private static Step launchAfresh(
      View view, ClaimFacts claim, Orders.Basis.Usable basis, PodFacts pod) {
    if (waitsForConsumer(view, claim)) {
      return new Step.Rest("no node is selected yet");
    }
    int attempt = pod.attempt() + 1;
    return new Step.Launch(
        Orders.provision(view, claim, basis, attempt, attempt, Orders.where(view, claim)));
  }

  private static boolean waitsForConsumer(View view, ClaimFacts claim) {
    return claim.selectedNode().isEmpty() && byConsumer(view);
  }

  private static Plan later(ClaimFacts claim, String words, Instant now) {
    return Plan.of(
        new Step.WaitUntil(now.plus(LOOK_AGAIN), "something has to come first"),
        Tell.of(claim.ref(), Tell.Kind.FAILED, words));
  }

  private static Plan told(ClaimFacts claim, String words) {
    return Plan.of(
        new Step.Rest("told the owner of the claim"),
        Tell.of(claim.ref(), Tell.Kind.FAILED, words));
  }
}
