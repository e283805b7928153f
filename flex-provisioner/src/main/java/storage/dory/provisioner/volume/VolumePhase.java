// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.volume;

/** Where a volume is in its life, as far as it matters here. */
public enum VolumePhase {
  /** Pending, Available or Bound. */
  IN_USE,
  /** Its claim has gone; {@code Failed} is what the binder makes of it when it knows no deleter. */
  RELEASED
}
