// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.why;

import java.util.Locale;

/** What a claim goes through, in this order. */
public enum Stage {
  /** From the claim to its provisioning pod. */
  QUEUE,
  /** Until a node takes the pod. */
  SCHEDULE,
  /** Until its container runs: image, Secret, volumes. */
  PULL,
  /** Until the container has ended. */
  RUN,
  /** Until claim and volume belong together. */
  BIND;

  /** For people and programs. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
