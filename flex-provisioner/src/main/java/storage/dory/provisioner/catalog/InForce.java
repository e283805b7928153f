// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.catalog;

import java.util.List;

/** Which definition serves a class. */
public sealed interface InForce {

  /** No ConfigMap serves it. */
  record None() implements InForce {}

  /** One does. */
  record One(ProvisionerDefinition definition) implements InForce {}

  /** Several would, so none does. */
  record Several(List<ConfigMapKey> sources) implements InForce {
    public Several {
      sources = List.copyOf(sources);
    }
  }
}
