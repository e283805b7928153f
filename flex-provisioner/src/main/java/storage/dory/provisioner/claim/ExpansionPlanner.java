// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.claim;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import storage.dory.provisioner.podrun.Action;
import storage.dory.provisioner.podrun.Order;
import storage.dory.provisioner.podrun.PodFacts;
import storage.dory.provisioner.podrun.PodOutcome;
import storage.dory.provisioner.podrun.RecordedOrder;
import storage.dory.provisioner.reconcile.Backoff;
import storage.dory.provisioner.volume.Bytes;
import storage.dory.provisioner.volume.VolumeFacts;

/**
 * The way of a bound claim that asks for more than its volume has: a condition on the claim, a pod,
 * the size on claim and volume, and only then the pod is let go. A volume never shrinks.
 */
final class ExpansionPlanner {
  private final Backoff backoff;

  ExpansionPlanner(Backoff backoff) {
    this.backoff = backoff;
  }

  /** The next step; empty when the claim's size is not what there is to be done. */
  Optional<Plan> plan(View view, ClaimFacts claim, Instant now) {
    List<PodFacts> pods = view.pods(Action.EXPAND);
    Optional<VolumeFacts> volume = own(view, claim);
    if (pods.isEmpty()) {
      return claim.deleting() || claim.size().isEmpty()
          ? Optional.empty()
          : volume.flatMap(found -> withoutPod(view, claim, found));
    }
    PodFacts pod = pods.getLast();
    return Optional.of(
        volume.isPresent()
            ? withPod(view, claim, volume.get(), pod, now)
            : pod.ended()
                ? Plan.of(new Step.FinishPod(pod))
                : PodWait.unwanted(pod, "the claim has no volume of ours"));
  }

  private static Optional<VolumeFacts> own(View view, ClaimFacts claim) {
    return view.volume() instanceof Sight.Seen<VolumeFacts>(VolumeFacts volume)
            && !claim.pending()
            && volume.ours()
            && volume.isFor(view.uid())
            && !volume.deleting()
            && volume.capacity().isPresent()
            && claim.volumeName().filter(volume.name()::equals).isPresent()
        ? Optional.of(volume)
        : Optional.empty();
  }

  private static Optional<Plan> withoutPod(View view, ClaimFacts claim, VolumeFacts volume) {
    if (wants(claim, volume)) {
      return Optional.of(first(view, claim, volume));
    }
    return settling(claim, volume).map(Plan::of);
  }

  /** What is left to be said of an expansion that somebody has not finished telling. */
  private static Optional<Step> settling(ClaimFacts claim, VolumeFacts volume) {
    if (claim.capacity().bytes().isEmpty() || claim.capacity().has(ExpansionState.NODE_RESIZES)) {
      return Optional.empty();
    }
    Bytes has =
        Collections.max(List.of(volume.capacity().orElseThrow(), claim.capacity().bytes().get()));
    boolean told = claim.capacity().bytes().get().compareTo(claim.size().orElseThrow()) >= 0;
    return told && !claim.capacity().speaksOfExpansion()
        ? Optional.empty()
        : Optional.of(new Step.ReportExpansion(claim, new ExpansionState.Done(has)));
  }

  private static Plan first(View view, ClaimFacts claim, VolumeFacts volume) {
    Optional<Order> order = Orders.expand(view, claim, volume, 1, 1, Optional.empty());
    if (order.isEmpty()) {
      return unknown(claim);
    }
    return claim.capacity().has(ExpansionState.RESIZING)
        ? Plan.of(new Step.Launch(order.get()))
        : Plan.of(new Step.ReportExpansion(claim, new ExpansionState.Begun()));
  }

  private Plan withPod(View view, ClaimFacts claim, VolumeFacts volume, PodFacts pod, Instant now) {
    if (pod.ended() && !(pod.outcome() instanceof PodOutcome.Succeeded)) {
      if (claim.deleting() || !wants(claim, volume)) {
        return Plan.of(
            settling(claim, volume)
                .filter(step -> !claim.deleting())
                .orElseGet(() -> new Step.FinishPod(pod)));
      }
    }
    return switch (pod.outcome()) {
      case PodOutcome.NotStarted n -> waiting(view, claim, pod, now);
      case PodOutcome.ImageTrouble i -> waiting(view, claim, pod, now);
      case PodOutcome.Unschedulable u -> waiting(view, claim, pod, now);
      case PodOutcome.Running r -> waiting(view, claim, pod, now);
      case PodOutcome.Succeeded s -> grown(claim, volume, pod);
      case PodOutcome.Final(String words) -> finalEnd(view, claim, volume, pod, words);
      case PodOutcome.Reschedule(String words) ->
          again(view, claim, volume, pod, words, pod.node(), now);
      case PodOutcome.Failed(String words) ->
          again(view, claim, volume, pod, words, Optional.empty(), now);
    };
  }

  /** The claim is told before the volume, or kubelet would think that it had to help. */
  private static Plan grown(ClaimFacts claim, VolumeFacts volume, PodFacts pod) {
    Optional<RecordedOrder> record = RecordedOrder.read(pod.definition());
    if (record.isEmpty()) {
      return Plan.of(new Step.FinishPod(pod));
    }
    Bytes size = record.get().wish().size();
    boolean volumeKnows = volume.capacity().orElseThrow().compareTo(size) >= 0;
    boolean claimKnows = claim.capacity().bytes().filter(b -> b.compareTo(size) >= 0).isPresent();
    if (record.get().nodeExpansion()) {
      return volumeKnows
          ? claimKnows || claim.capacity().has(ExpansionState.NODE_RESIZES)
              ? told(claim, pod, Tell.Kind.NODE_RESIZES, "kubelet grows the file system to " + size)
              : Plan.of(new Step.ReportExpansion(claim, new ExpansionState.NodeNext()))
          : Plan.of(new Step.GrowVolume(volume, size));
    }
    if (!claimKnows || (claim.capacity().speaksOfExpansion() && !volumeKnows)) {
      return Plan.of(new Step.ReportExpansion(claim, new ExpansionState.Done(size)));
    }
    return volumeKnows
        ? told(claim, pod, Tell.Kind.RESIZED, "the volume has " + size)
        : Plan.of(new Step.GrowVolume(volume, size));
  }

  private static Plan told(ClaimFacts claim, PodFacts pod, Tell.Kind kind, String words) {
    return Plan.of(new Step.FinishPod(pod), Tell.of(claim.ref(), kind, words + " bytes"));
  }

  private static Plan waiting(View view, ClaimFacts claim, PodFacts pod, Instant now) {
    return PodWait.wanted(
        view, pod, now, new Tell.Subject.OfClaim(claim.ref()), Tell.Kind.RESIZE_FAILED);
  }

  private static Plan finalEnd(
      View view, ClaimFacts claim, VolumeFacts volume, PodFacts pod, String words) {
    Optional<Order> afresh =
        Orders.expand(view, claim, volume, pod.attempt() + 1, pod.attempt() + 1, Optional.empty());
    return afresh.filter(order -> !order.inputs().equals(pod.inputs())).isPresent()
        ? Plan.of(new Step.Launch(afresh.get()))
        : failed(
            claim,
            "it can never work: " + words + "; tried again when claim, class or ConfigMap change");
  }

  private Plan again(
      View view,
      ClaimFacts claim,
      VolumeFacts volume,
      PodFacts pod,
      String words,
      Optional<String> shunned,
      Instant now) {
    int next = pod.attempt() + 1;
    Optional<Order> order = Orders.expand(view, claim, volume, next, pod.since(), shunned);
    if (order.isEmpty()) {
      return unknown(claim);
    }
    if (!order.get().inputs().equals(pod.inputs())) {
      return Plan.of(
          new Step.Launch(
              Orders.expand(view, claim, volume, next, next, Optional.empty()).orElseThrow()));
    }
    int used = pod.attempt() - pod.since() + 1;
    int most = order.get().definition().attempts();
    String counted = "attempt " + used + " of " + most + " to expand failed: " + words;
    if (used >= most) {
      return failed(claim, counted + "; tried again when claim, class or ConfigMap change");
    }
    Duration delay = backoff.after(view.uid() + "/expand", used);
    Instant due = pod.finished().plus(delay);
    Tell tell =
        Tell.of(
            claim.ref(),
            Tell.Kind.RESIZE_FAILED,
            counted + "; tried again after " + Math.max(1, delay.toSeconds()) + " s");
    return now.isBefore(due)
        ? Plan.of(new Step.WaitUntil(due, "back-off"), tell)
        : Plan.of(new Step.Launch(order.get()), tell);
  }

  private static boolean wants(ClaimFacts claim, VolumeFacts volume) {
    return claim.size().isPresent()
        && claim.size().get().compareTo(volume.capacity().orElseThrow()) > 0;
  }

  private static Plan unknown(ClaimFacts claim) {
    return failed(
        claim,
        "there is neither a ConfigMap for the class nor a record of how to expand the volume in a"
            + " namespace that is trusted: add the ConfigMap again");
  }

  private static Plan failed(ClaimFacts claim, String words) {
    return Plan.of(
        new Step.Rest("told the owner of the claim"),
        Tell.of(claim.ref(), Tell.Kind.RESIZE_FAILED, words));
  }
}
