// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.claim;

import java.util.List;

/** The next step, and what to tell beside it. Telling the same twice is no harm. */
public record Plan(Step step, List<Tell> tells) {
  public Plan {
    tells = List.copyOf(tells);
  }

  static Plan of(Step step, Tell... tells) {
    return new Plan(step, List.of(tells));
  }
}
