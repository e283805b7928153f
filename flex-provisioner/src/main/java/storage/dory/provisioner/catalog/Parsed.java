// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.catalog;

import java.util.List;

/** What reading one ConfigMap came to. */
public sealed interface Parsed {

  /** It names another plugin and is none of our business. */
  record NotOurs(String plugin) implements Parsed {}

  /** Nothing is wrong with it. */
  record Good(ProvisionerDefinition definition) implements Parsed {}

  /** Everything that is wrong with it, in the order of its keys. */
  record Bad(List<DefinitionProblem> problems) implements Parsed {
    public Bad {
      problems = List.copyOf(problems);
    }
  }
}
