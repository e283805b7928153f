// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.watch;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Whose servers have had requests to answer at every look for a while. That alone is no proof: a
 * busy one looks the same, so it is asked, and no more often than it is suspected anew.
 */
final class Suspicion {
  /** Ten seconds, at a look every two. */
  private static final int LOOKS = 5;

  private final Map<Subject, Integer> looks = new HashMap<>();

  /**
   * One look.
   *
   * @param awaiting who has requests to answer now
   * @return who is to be asked now
   */
  Set<Subject> look(Set<Subject> awaiting) {
    looks.keySet().retainAll(awaiting);
    Set<Subject> due = new HashSet<>();
    for (Subject each : awaiting) {
      if (looks.merge(each, 1, Integer::sum) % LOOKS == 0) {
        due.add(each);
      }
    }
    return due;
  }
}
