// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.admission;

import java.util.Map;
import java.util.Optional;

/** Writes on claims after admission. Called by several threads at a time; waits for nothing. */
public interface LateStamps {
  /**
   * Sees to it that a claim gets annotations as soon as it is stored, if it is within a few
   * seconds.
   *
   * @param uid of the claim; no other of its name gets them
   * @param annotations new values by name; empty: the annotation goes
   */
  void write(String namespace, String name, String uid, Map<String, Optional<String>> annotations);
}
