// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.install;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * When drivers are to be shown to a kubelet again. One of 1.20 to 1.23 that finds any driver broken
 * as it starts loses all the others, and looks at one again only when its file changes. It looks
 * for the first time once it has a volume to mount, so it is shown them twice.
 *
 * @param kubelet which one, in any words
 * @param seen when it was first seen, in nanoseconds of the clock
 * @param shown how often drivers have been shown to it since
 */
record KubeletStart(Optional<String> kubelet, long seen, int shown) {
  private static final List<Duration> AFTER =
      List.of(Duration.ofSeconds(20), Duration.ofMinutes(2));

  static KubeletStart none() {
    return new KubeletStart(Optional.empty(), 0, 0);
  }

  /** What is known after one more look. */
  KubeletStart look(Optional<String> running, long now) {
    return running.isEmpty() || running.equals(kubelet) ? this : new KubeletStart(running, now, 0);
  }

  boolean isDue(long now) {
    return kubelet.isPresent()
        && shown < AFTER.size()
        && now - seen - AFTER.get(shown).toNanos() >= 0;
  }

  KubeletStart shownAgain() {
    return new KubeletStart(kubelet, seen, shown + 1);
  }
}
