// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.podrun;

/** Where a provisioning pod is. What is said in words is for the owner of the claim. */
public sealed interface PodOutcome {

  /** Nothing ran yet, and nothing is known to be wrong. */
  record NotStarted() implements PodOutcome {}

  /** No node takes it so far. */
  record Unschedulable(String words) implements PodOutcome {}

  /** Its image or its container cannot be had so far. */
  record ImageTrouble(String words) implements PodOutcome {}

  /** It runs. */
  record Running() implements PodOutcome {}

  /** It says that it has done what was asked. */
  record Succeeded() implements PodOutcome {}

  /** It says that this can never work. */
  record Final(String words) implements PodOutcome {}

  /** It says that it cannot be done on this node. */
  record Reschedule(String words) implements PodOutcome {}

  /** It failed or was ended; what was asked may have happened all the same. */
  record Failed(String words) implements PodOutcome {}

  /** Whether nothing of the pod runs any more, nor will. */
  default boolean ended() {
    return switch (this) {
      case NotStarted n -> false;
      case Unschedulable u -> false;
      case ImageTrouble i -> false;
      case Running r -> false;
      case Succeeded s -> true;
      case Final f -> true;
      case Reschedule r -> true;
      case Failed f -> true;
    };
  }
}
