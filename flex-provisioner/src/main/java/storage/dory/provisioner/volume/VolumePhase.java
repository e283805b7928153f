// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.volume;

/** Where a volume is in its life, as far as it matters here. */
public enum VolumePhase {
  /** Pending or Available: no claim is bound to it yet. */
  UNBOUND,
  /** A claim is bound to it, or is being. */
  BOUND,
  /** Its claim has gone; {@code Failed} is what the binder makes of it when it knows no deleter. */
  RELEASED
}
