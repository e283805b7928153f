// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.kube;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/**
 * Identities of objects that an informer has said are gone, for a while: the answer to a write may
 * come later than that word, and must not bring the object back. Safe for use by several threads.
 */
final class Departed {
  private final Duration kept;
  private final InstantSource clock;
  private final Set<String> uids = new HashSet<>();
  private final Deque<Departure> dues = new ArrayDeque<>();

  Departed(Duration kept, InstantSource clock) {
    this.kept = kept;
    this.clock = clock;
  }

  synchronized void add(String uid) {
    forget();
    if (uids.add(uid)) {
      dues.add(new Departure(uid, clock.instant().plus(kept)));
    }
  }

  synchronized boolean contains(String uid) {
    forget();
    return uids.contains(uid);
  }

  private void forget() {
    Instant now = clock.instant();
    for (Departure due = dues.peek(); due != null && now.isAfter(due.until); due = dues.peek()) {
      dues.remove();
      uids.remove(due.uid);
    }
  }

  private record Departure(String uid, Instant until) {}
}
