// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.claim;

import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.NodeSelectorTermBuilder;
import io.fabric8.kubernetes.api.model.TopologySelectorTerm;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import storage.dory.provisioner.catalog.BindingMode;
import storage.dory.provisioner.catalog.ProvisionerDefinition;
import storage.dory.provisioner.volume.Marks;

/** What a StorageClass says. */
public record ClassFacts(
    String name,
    String provisioner,
    BindingMode bindingMode,
    String reclaimPolicy,
    Map<String, String> parameters,
    List<TopologySelectorTerm> allowedTopologies) {
  public ClassFacts {
    allowedTopologies = List.copyOf(allowedTopologies);
    parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
  }

  /** Reads a class that the API server gave out. */
  public static ClassFacts read(StorageClass storageClass) {
    String mode = storageClass.getVolumeBindingMode();
    String policy = storageClass.getReclaimPolicy();
    return new ClassFacts(
        storageClass.getMetadata().getName(),
        storageClass.getProvisioner() == null ? "" : storageClass.getProvisioner(),
        BindingMode.of(mode == null ? "" : mode),
        policy == null ? "Delete" : policy,
        storageClass.getParameters() == null ? Map.of() : storageClass.getParameters(),
        storageClass.getAllowedTopologies() == null
            ? List.of()
            : storageClass.getAllowedTopologies());
  }

  /** Whether we are its provisioner. */
  public boolean ours() {
    return provisioner.equals(Marks.PROVISIONER);
  }

  /** Its allowed topologies in the words of a node selector. */
  public List<NodeSelectorTerm> topologies() {
    return allowedTopologies.stream()
        .map(term ->
            new NodeSelectorTermBuilder()
                .withMatchExpressions(
                    term.getMatchLabelExpressions().stream()
                        .map(e -> new NodeSelectorRequirement(e.getKey(), "In", e.getValues()))
                        .toList())
                .build())
        .toList();
  }

  /** A definition with the parameters of this class put over its properties. */
  public ProvisionerDefinition over(ProvisionerDefinition definition) {
    Map<String, String> all = new TreeMap<>(definition.properties());
    all.putAll(parameters);
    return definition.withProperties(all);
  }
}
