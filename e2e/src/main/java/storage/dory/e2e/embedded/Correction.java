// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.embedded;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Secret;

/** One thing that a control plane would write now. */
sealed interface Correction {

  /** A new claim waits. */
  record Pending(PersistentVolumeClaim claim) implements Correction {}

  /** A pod wants the claim: its node is where the volume shall be. */
  record SelectNode(PersistentVolumeClaim claim) implements Correction {}

  /** Tells the class's provisioner to go ahead. */
  record NameProvisioner(PersistentVolumeClaim claim, String provisioner) implements Correction {}

  /** Volume and claim belong together. */
  record Bind(PersistentVolume volume, PersistentVolumeClaim claim) implements Correction {}

  /** The claim of the volume has gone. */
  record Release(PersistentVolume volume) implements Correction {}

  /** The pod that owns the Secret has gone. */
  record Collect(Secret secret) implements Correction {}
}
