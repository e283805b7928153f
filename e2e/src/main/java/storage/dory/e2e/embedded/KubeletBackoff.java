// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.embedded;

import java.time.Duration;

/** Kubelet's pauses between tries of one volume: half a second, doubled up to 2 min 2 s. */
final class KubeletBackoff {
  private static final Duration LONGEST = Duration.ofSeconds(122);

  private Duration next = Duration.ofMillis(500);

  Duration next() {
    Duration now = next;
    Duration doubled = now.multipliedBy(2);
    next = doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
    return now;
  }
}
