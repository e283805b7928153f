// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.podrun;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.AffinityBuilder;
import io.fabric8.kubernetes.api.model.NodeAffinity;
import io.fabric8.kubernetes.api.model.NodeAffinityBuilder;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.NodeSelectorTermBuilder;
import io.fabric8.kubernetes.api.model.PreferredSchedulingTerm;
import io.fabric8.kubernetes.api.model.PreferredSchedulingTermBuilder;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

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
    List<PreferredSchedulingTerm> preferred = preferred(whereabouts);
    affinity.withPreferredDuringSchedulingIgnoredDuringExecution(preferred);
    NodeAffinity built = affinity.build();
    return required.isEmpty() && preferred.isEmpty()
        ? Optional.empty()
        : Optional.of(new AffinityBuilder().withNodeAffinity(built).build());
  }

  private static List<NodeSelectorTerm> required(Order.Whereabouts whereabouts) {
    if (whereabouts.affinity().isPresent()) {
      return whereabouts.affinity().get().getNodeSelectorTerms();
    }
    return whereabouts
        .selected()
        .map(node -> List.of(named("In", node)))
        .orElse(whereabouts.topologies());
  }

  private static List<PreferredSchedulingTerm> preferred(Order.Whereabouts whereabouts) {
    return Stream.concat(
            whereabouts.shunned().map(node -> named("NotIn", node)).stream(),
            whereabouts.preferred().map(node -> named("In", node)).stream())
        .map(term ->
            new PreferredSchedulingTermBuilder().withWeight(100).withPreference(term).build())
        .toList();
  }

  private static NodeSelectorTerm named(String operator, String node) {
    return new NodeSelectorTermBuilder()
        .withMatchFields(new NodeSelectorRequirement(NAME, operator, List.of(node)))
        .build();
  }
}
