// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.catalog;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What serves a class. */
public sealed interface InForce {

  /** No ConfigMap serves it. */
  record None() implements InForce {}

  /** One does. */
  record One(ProvisionerDefinition definition) implements InForce {}

  /** Several would. The node that was selected for a claim may tell which; else none does. */
  record Several(List<ProvisionerDefinition> definitions) implements InForce {
    public Several {
      definitions = List.copyOf(definitions);
    }

    /** Their ConfigMaps. */
    public List<ConfigMapKey> sources() {
      return definitions.stream().map(ProvisionerDefinition::source).sorted().toList();
    }

    /**
     * The only one whose node selector a node of these labels matches; empty when none is alone.
     */
    public Optional<ProvisionerDefinition> on(Map<String, String> labels) {
      List<ProvisionerDefinition> matching =
          definitions.stream()
              .filter(d -> labels.entrySet().containsAll(d.placing().nodeSelector().entrySet()))
              .toList();
      return matching.size() == 1 ? Optional.of(matching.getFirst()) : Optional.empty();
    }

    /** Whether a node can tell them apart: each selects nodes, and no two the same. */
    public boolean apart() {
      Set<Map<String, String>> selectors = new HashSet<>();
      return definitions.stream()
          .map(d -> d.placing().nodeSelector())
          .allMatch(selector -> !selector.isEmpty() && selectors.add(selector));
    }
  }

  /** The definition of one ConfigMap, if it is in force. */
  default Optional<ProvisionerDefinition> from(ConfigMapKey source) {
    List<ProvisionerDefinition> all =
        switch (this) {
          case None none -> List.of();
          case One(ProvisionerDefinition definition) -> List.of(definition);
          case Several several -> several.definitions();
        };
    return all.stream().filter(d -> d.source().equals(source)).findFirst();
  }
}
