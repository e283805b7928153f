// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.identity;

import java.util.Map;
import java.util.Optional;
import storage.dory.provisioner.volume.Marks;

/**
 * The three annotations that say who filed a claim, each as it is written.
 *
 * @param groups JSON list
 * @param filed when it was stamped, and the seal over all of it
 */
public record Stamp(String username, String groups, String filed) {

  /** As annotations. */
  public Map<String, String> marks() {
    return Map.of(
        Marks.FILER_USERNAME, username, Marks.FILER_GROUPS, groups, Marks.FILER_SEAL, filed);
  }

  /** Whether it names the same person. */
  boolean saysTheSame(Stamp other) {
    return username.equals(other.username) && groups.equals(other.groups);
  }

  static Optional<Stamp> of(Map<String, String> marks) {
    return marks.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Stamp(
                marks.getOrDefault(Marks.FILER_USERNAME, ""),
                marks.getOrDefault(Marks.FILER_GROUPS, ""),
                marks.getOrDefault(Marks.FILER_SEAL, "")));
  }
}
