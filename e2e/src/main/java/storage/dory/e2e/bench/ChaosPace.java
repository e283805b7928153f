// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import java.time.Duration;

/**
 * How fast a run with faults goes: pods that a kubelet starts have to get somewhere between two
 * kills.
 *
 * @param step pause between two steps
 * @param filed claims filed in one step
 * @param provisionerOneIn the provisioner is killed in one of so many steps
 * @param podOneIn a pod is struck in one of so many steps
 * @param trouble how long kills go on when nothing is filed any more
 * @param calm how long it may take to come to rest
 */
record ChaosPace(
    Duration step, int filed, int provisionerOneIn, int podOneIn, Duration trouble, Duration calm) {
  static final ChaosPace INSTANT =
      new ChaosPace(Duration.ofMillis(100), 3, 80, 5, Duration.ofMinutes(1), Duration.ofMinutes(4));

  static final ChaosPace REAL =
      new ChaosPace(Duration.ofSeconds(1), 2, 20, 1, Duration.ofMinutes(1), Duration.ofMinutes(4));

  /** Steps of about a second together. */
  long stepsASecond() {
    return Math.max(1, 1000 / step.toMillis());
  }
}
