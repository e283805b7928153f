// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.claim;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import storage.dory.provisioner.podrun.PodFacts;
import storage.dory.provisioner.podrun.PodOutcome;

/** What to do while a pod has not ended: mostly wait, but not for ever. */
final class PodWait {
  /**
   * Kubelet ends a pod at its deadline; a node that has not done so by then is not to be trusted.
   */
  private static final Duration LATE = Duration.ofSeconds(60);

  /** Longer than a kubelet takes to start a container whose image is there. */
  private static final Duration HEARD_OF = Duration.ofSeconds(30);

  private PodWait() {}

  /** The step for a pod that has not ended and is still wanted. */
  static Plan wanted(View view, PodFacts pod, Instant now, Tell.Subject subject, Tell.Kind kind) {
    if (pod.deleting()) {
      return Plan.of(new Step.WaitUntil(pod.goneBy(), "pod is being deleted"));
    }
    return switch (pod.outcome()) {
      case PodOutcome.NotStarted n when !view.secretsGiven().contains(pod.objectUid()) ->
          Plan.of(new Step.GiveSecret(pod));
      case PodOutcome.ImageTrouble trouble when !view.secretsGiven().contains(pod.objectUid()) ->
          Plan.of(new Step.GiveSecret(pod));
      case PodOutcome.Unschedulable none when !view.secretsGiven().contains(pod.objectUid()) ->
          Plan.of(new Step.GiveSecret(pod));
      case PodOutcome.NotStarted n -> limited(pod, now, List.of());
      case PodOutcome.ImageTrouble(String words) ->
          limited(
              pod,
              now,
              List.of(new Tell(subject, kind, "pod " + pod.name() + " cannot start: " + words)));
      case PodOutcome.Unschedulable(String words) ->
          limited(
              pod,
              now,
              List.of(new Tell(subject, kind, "pod " + pod.name() + " has no node yet: " + words)));
      case PodOutcome.Running r -> limited(pod, now, List.of());
      case PodOutcome.Succeeded s -> throw ended(pod);
      case PodOutcome.Final f -> throw ended(pod);
      case PodOutcome.Reschedule r -> throw ended(pod);
      case PodOutcome.Failed f -> throw ended(pod);
    };
  }

  /** The step for a pod that has not ended and is not wanted any more. */
  static Plan unwanted(PodFacts pod, String why) {
    return pod.deleting()
        ? Plan.of(new Step.WaitUntil(pod.goneBy(), "pod is being deleted"))
        : Plan.of(new Step.StopPod(pod, why));
  }

  /**
   * The same for one whose end has to be known. Kubelets before 1.22 never say how a pod ended that
   * was deleted before they had said that it runs, and a quick one has done everything by then.
   */
  static Plan unwantedOnceHeardOf(PodFacts pod, Instant now, String why) {
    boolean unheardOf = pod.outcome() instanceof PodOutcome.NotStarted && pod.node().isPresent();
    Instant heardOf = pod.created().plus(HEARD_OF);
    return unheardOf && !pod.deleting() && now.isBefore(heardOf)
        ? Plan.of(new Step.WaitUntil(heardOf, "its node has not said yet whether it runs"))
        : unwanted(pod, why);
  }

  private static Plan limited(PodFacts pod, Instant now, List<Tell> tells) {
    // the deadline counts from when kubelet took the pod on; until then nobody counts but us
    Instant end =
        pod.started().isPresent()
            ? pod.started().get().plus(pod.deadline()).plus(LATE)
            : pod.created().plus(pod.deadline());
    // trouble of a young pod is not told yet: look again when it is not young any more
    Instant grown = pod.created().plusSeconds(11);
    if (!now.isBefore(end)) {
      return new Plan(new Step.StopPod(pod, "it has not ended within its deadline"), tells);
    }
    Instant next = tells.isEmpty() && now.isBefore(grown) && grown.isBefore(end) ? grown : end;
    return new Plan(new Step.WaitUntil(next, "pod has not ended"), tells);
  }

  private static IllegalStateException ended(PodFacts pod) {
    return new IllegalStateException("pod " + pod.name() + " has ended: nothing to wait for");
  }
}
