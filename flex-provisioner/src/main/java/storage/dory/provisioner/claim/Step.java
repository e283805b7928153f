// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.claim;

import java.time.Instant;
import storage.dory.provisioner.podrun.Order;
import storage.dory.provisioner.podrun.PodFacts;
import storage.dory.provisioner.volume.Bytes;
import storage.dory.provisioner.volume.ClaimRef;
import storage.dory.provisioner.volume.ClaimUid;
import storage.dory.provisioner.volume.VolumeFacts;

/** The one next thing to do for a request. Doing a step twice is the same as doing it once. */
public sealed interface Step {

  /** Nothing, until the cluster changes. */
  record Rest(String why) implements Step {}

  /** Nothing before that time, unless the cluster changes. */
  record WaitUntil(Instant when, String why) implements Step {}

  /** Ask the API server whether the claim has really gone. */
  record ConfirmClaim(ClaimRef claim) implements Step {}

  /** Ask the API server whether the volume is really not there. */
  record ConfirmVolume(ClaimUid uid) implements Step {}

  /** Ask the API server for the node that was selected for the claim. */
  record ReadNode(ClaimUid uid, String name) implements Step {}

  /** Make the pod, then its Secret. */
  record Launch(Order order) implements Step {}

  /** Make the Secret of a pod that has none: somebody was stopped between the two. */
  record GiveSecret(PodFacts pod) implements Step {}

  /** Delete a pod that has not ended; it stays, by its finalizer, until it has. */
  record StopPod(PodFacts pod, String why) implements Step {}

  /** Let a pod go whose outcome is settled. */
  record FinishPod(PodFacts pod) implements Step {}

  /** Put on the volume what it lacks of our marks. */
  record Adopt(VolumeFacts volume, String definition) implements Step {}

  /** Delete the volume object: what is behind it has gone. */
  record DeleteVolume(VolumeFacts volume) implements Step {}

  /** Take our finalizer off the volume object. */
  record ReleaseVolume(VolumeFacts volume) implements Step {}

  /** Write on a claim how far its expansion is. */
  record ReportExpansion(ClaimFacts claim, ExpansionState state) implements Step {}

  /** Write on a volume object that what is behind it has grown. */
  record GrowVolume(VolumeFacts volume, Bytes size) implements Step {}

  /** Take the selected node off the claim, so that the scheduler chooses again. */
  record GiveBackNode(ClaimFacts claim) implements Step {}

  /** Note on the pod that its node was given back. */
  record NoteNodeGivenBack(PodFacts pod) implements Step {}
}
