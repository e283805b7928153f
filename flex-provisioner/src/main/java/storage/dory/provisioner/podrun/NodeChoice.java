// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.podrun;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.AffinityBuilder;
import io.fabric8.kubernetes.api.model.NodeAffinity;
import io.fabric8.kubernetes.api.model.NodeAffinityBuilder;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.NodeSelectorTermBuilder;
import io.fabric8.kubernetes.api.model.PreferredSchedulingTermBuilder;
import java.util.List;
import java.util.Optional;

/** The node affinity of a pod. By affinity and not by name, so that taints and room still count. */
final class NodeChoice {
  private static final String NAME = "metadata.name";

  private NodeChoice() {}

  static Optional<Affinity> of(Order.Whereabouts whereabouts) {
    NodeAffinityBuilder affinity = new NodeAffinityBuilder();
    List<NodeSelectorTerm> required = required(whereabouts);
    if (!required.isEmpty()) {
      affinity
          .withNewRequiredDuringSchedulingIgnoredDuringExecution()
          .withNodeSelectorTerms(required)
          .endRequiredDuringSchedulingIgnoredDuringExecution();
    }
    whereabouts
        .shunned()
        .ifPresent(node ->
            affinity.withPreferredDuringSchedulingIgnoredDuringExecution(
                new PreferredSchedulingTermBuilder()
                    .withWeight(100)
                    .withPreference(named("NotIn", node))
                    .build()));
    NodeAffinity built = affinity.build();
    return required.isEmpty() && whereabouts.shunned().isEmpty()
        ? Optional.empty()
        : Optional.of(new AffinityBuilder().withNodeAffinity(built).build());
  }

  private static List<NodeSelectorTerm> required(Order.Whereabouts whereabouts) {
    if (whereabouts.affinity().isPresent()) {
      return whereabouts.affinity().get().getNodeSelectorTerms();
    }
    return whereabouts.selected().map(node -> List.of(named("In", node))).orElse(List.of());
  }

  private static NodeSelectorTerm named(String operator, String node) {
    return new NodeSelectorTermBuilder()
        .withMatchFields(new NodeSelectorRequirement(NAME, operator, List.of(node)))
        .build();
  }
}
