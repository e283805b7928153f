// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.podrun;

import io.fabric8.kubernetes.api.model.NodeSelector;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import storage.dory.provisioner.catalog.ProvisionerDefinition;
import storage.dory.provisioner.identity.Filer;
import storage.dory.provisioner.volume.ClaimRef;
import storage.dory.provisioner.volume.VolumeWish;

/**
 * One pod to be run: what it shall do, for whom, and by which definition.
 *
 * @param attempt from 1, never used twice for one claim and action
 * @param since the attempt from which on the inputs are what they are
 * @param inputs hash of what the order was made from
 * @param asked properties that come from the claim, as its class allows
 * @param earlierRan whether the container of an attempt before may have run
 * @param definition with the properties of the class already put over the ConfigMap's
 * @param filer who filed the claim, when that is certain
 * @param straggling until when something that an attempt before began may still act
 */
public record Order(
    Action action,
    int attempt,
    int since,
    ClaimRef claim,
    VolumeWish wish,
    String reclaimPolicy,
    Whereabouts whereabouts,
    String inputs,
    Map<String, String> asked,
    boolean earlierRan,
    ProvisionerDefinition definition,
    Optional<Filer> filer,
    Optional<Instant> straggling) {
  public Order {
    asked = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(asked));
  }

  /** An order for a claim of which it is not known who filed it. */
  public Order(
      Action action,
      int attempt,
      int since,
      ClaimRef claim,
      VolumeWish wish,
      String reclaimPolicy,
      Whereabouts whereabouts,
      String inputs,
      Map<String, String> asked,
      boolean earlierRan,
      ProvisionerDefinition definition) {
    this(
        action,
        attempt,
        since,
        claim,
        wish,
        reclaimPolicy,
        whereabouts,
        inputs,
        asked,
        earlierRan,
        definition,
        Optional.empty(),
        Optional.empty());
  }

  /**
   * Nodes that matter beside the definition's placing.
   *
   * @param selected the node of the claim's first consumer: the pod runs there
   * @param shunned a node that said no: the pod runs elsewhere if it can
   * @param preferred a node that may have the volume already: the pod runs there if it can
   * @param topologies where the class allows volumes; does not count where a node is selected
   * @param affinity where a volume that exists can be reached
   */
  public record Whereabouts(
      Optional<String> selected,
      Optional<String> shunned,
      Optional<String> preferred,
      List<NodeSelectorTerm> topologies,
      Optional<NodeSelector> affinity) {
    public Whereabouts {
      topologies = List.copyOf(topologies);
    }

    /** Anywhere. */
    public static Whereabouts any() {
      return on(Optional.empty());
    }

    /** Where a volume that exists can be reached. */
    public static Whereabouts on(Optional<NodeSelector> affinity) {
      return new Whereabouts(
          Optional.empty(), Optional.empty(), Optional.empty(), List.of(), affinity);
    }

    /** The same, and preferably on a node. */
    public Whereabouts preferring(Optional<String> node) {
      return new Whereabouts(selected, shunned, node, topologies, affinity);
    }

    /** The same, and preferably not on a node. */
    public Whereabouts shunning(Optional<String> node) {
      return new Whereabouts(selected, node, preferred, topologies, affinity);
    }
  }

  /** The same for a claim that somebody filed. */
  public Order filedBy(Optional<Filer> person) {
    return with(person, straggling);
  }

  /** The same after attempts that may act until some time. */
  public Order straggling(Optional<Instant> until) {
    return with(filer, until);
  }

  private Order with(Optional<Filer> person, Optional<Instant> until) {
    return new Order(
        action,
        attempt,
        since,
        claim,
        wish,
        reclaimPolicy,
        whereabouts,
        inputs,
        asked,
        earlierRan,
        definition,
        person,
        until);
  }

  /** Name of the pod. */
  public String podName() {
    return "dory-" + action.word() + "-" + claim.uid() + "-" + attempt;
  }

  /** Name of the pod's Secret. */
  public String secretName() {
    return action.secretName(podName(), inputs);
  }

  /** Where the pod runs. */
  public String namespace() {
    return definition.source().namespace();
  }
}
