// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.check;

import java.util.List;
import java.util.Optional;
import storage.dory.provisioner.catalog.DefinitionProblem;
import storage.dory.provisioner.catalog.RawDefinition;

/**
 * A ConfigMap to be checked.
 *
 * @param type its label {@code type}
 * @param faults what makes the API server refuse it
 */
public record Candidate(RawDefinition raw, Optional<String> type, List<DefinitionProblem> faults) {
  public Candidate {
    faults = List.copyOf(faults);
  }
}
