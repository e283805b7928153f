// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import storage.dory.kubectl.cluster.Cluster;
import storage.dory.kubectl.cluster.NotAllowed;
import storage.dory.kubectl.cluster.Seen;
import storage.dory.kubectl.orphans.ClusterRecords;
import storage.dory.kubectl.orphans.Comparison;
import storage.dory.kubectl.orphans.ListingAnswer;
import storage.dory.kubectl.orphans.OrphanReport;
import storage.dory.kubectl.orphans.PluginListing;
import storage.dory.kubectl.orphans.PluginPod;
import storage.dory.provisioner.catalog.DefinitionParser;
import storage.dory.provisioner.catalog.Parsed;
import storage.dory.provisioner.catalog.ProvisionerDefinition;

/** Reads the cluster, asks the plugins, reads the cluster again. */
final class OrphanSearch {
  private final Cluster cluster;
  private final Console console;
  private final String namespace;
  private final String sockets;
  private final DefinitionParser parser = new DefinitionParser();

  /**
   * @param namespace of the ConfigMaps that are used; empty: all
   */
  OrphanSearch(Cluster cluster, Console console, String namespace, String sockets) {
    this.cluster = cluster;
    this.console = console;
    this.namespace = namespace;
    this.sockets = sockets;
  }

  /**
   * What came of it.
   *
   * @param definitions by plugin
   */
  record Found(OrphanReport report, Map<String, ProvisionerDefinition> definitions) {
    Found {
      definitions = Map.copyOf(definitions);
    }
  }

  Found run() {
    Map<String, ProvisionerDefinition> definitions = new LinkedHashMap<>();
    List<String> unasked = new ArrayList<>();
    Set<String> namespaces = new TreeSet<>();
    cluster.definitions(namespace).stream()
        .map(LiveSurroundings::raw)
        .forEach(raw -> {
          namespaces.add(raw.source().namespace());
          switch (parser.parse(raw)) {
            case Parsed.Good(ProvisionerDefinition good) -> put(good, definitions, unasked);
            case Parsed.Bad bad ->
                unasked.add(
                    "ConfigMap " + raw.source() + ": it is refused, see kubectl dory check");
            case Parsed.NotOurs other -> {}
          }
        });
    ClusterRecords before = records(namespaces, unasked);
    List<PluginListing> listings = new ArrayList<>();
    definitions.forEach((plugin, definition) -> listings.addAll(ask(plugin, definition, unasked)));
    Comparison comparison =
        new Comparison(before, listings, records(namespaces, new ArrayList<>()), isAttended());
    return new Found(
        new OrphanReport(
            comparison.orphans(console.now()),
            comparison.foreign(),
            listings.stream().map(one -> one.plugin() + " on " + one.node()).toList(),
            unasked),
        definitions);
  }

  private boolean isAttended() {
    return cluster.provisioners().stream()
        .anyMatch(pod -> pod.getMetadata().getDeletionTimestamp() == null);
  }

  private static void put(
      ProvisionerDefinition definition,
      Map<String, ProvisionerDefinition> definitions,
      List<String> unasked) {
    definition
        .dockerPlugin()
        .ifPresentOrElse(
            plugin -> definitions.putIfAbsent(plugin, definition),
            () ->
                unasked.add(
                    "ConfigMap "
                        + definition.source()
                        + ": it names no provisioner.docker-plugin, so nobody knows how its image"
                        + " lists volumes"));
  }

  private ClusterRecords records(Set<String> namespaces, List<String> hidden) {
    List<Secret> secrets = new ArrayList<>();
    for (String one : namespaces) {
      switch (cluster.ifAllowed(() -> cluster.requestSecrets(one))) {
        case Seen.All<Secret>(List<Secret> seen) -> secrets.addAll(seen);
        case Seen.Hidden<Secret>(var right) -> hidden.add("Secrets: not allowed to " + right);
      }
    }
    return new ClusterRecords(
        cluster.claims(""), cluster.volumes(), cluster.requestPods(), secrets);
  }

  /** One node is enough for a plugin whose volumes all nodes see. */
  private List<PluginListing> ask(
      String plugin, ProvisionerDefinition definition, List<String> unasked) {
    List<PluginListing> listings = new ArrayList<>();
    for (String node : nodes(definition, unasked)) {
      ask(plugin, definition, node, unasked).ifPresent(listings::add);
      if (!listings.isEmpty() && !listings.getLast().local()) {
        break;
      }
    }
    return listings;
  }

  private Optional<PluginListing> ask(
      String plugin, ProvisionerDefinition definition, String node, List<String> unasked) {
    String what = "plugin " + plugin + " on node " + node;
    PluginPods.Ending ending =
        new PluginPods(cluster, console)
            .run(new PluginPod(definition, sockets).list(podName("list"), node), "asking " + what);
    return switch (ending) {
      case PluginPods.Ending.Done(String log) -> {
        Optional<PluginListing> listing = ListingAnswer.read(log, plugin, node);
        if (listing.isEmpty()) {
          unasked.add(
              what + ": image " + definition.image() + " printed no listing for action=list");
        }
        yield listing;
      }
      case PluginPods.Ending.Failed(String why) -> {
        unasked.add(what + ": " + why);
        yield Optional.empty();
      }
    };
  }

  private List<String> nodes(ProvisionerDefinition definition, List<String> unasked) {
    try {
      return cluster.nodes().stream()
          .filter(OrphanSearch::isReady)
          .filter(node ->
              node.getMetadata()
                  .getLabels()
                  .entrySet()
                  .containsAll(definition.placing().nodeSelector().entrySet()))
          .map(node -> node.getMetadata().getName())
          .sorted()
          .toList();
    } catch (NotAllowed e) {
      unasked.add("plugins: not allowed to " + e.right());
      return List.of();
    }
  }

  private static boolean isReady(Node node) {
    return node.getStatus() != null
        && node.getStatus().getConditions() != null
        && node.getStatus().getConditions().stream()
            .anyMatch(condition ->
                "Ready".equals(condition.getType()) && "True".equals(condition.getStatus()));
  }

  /** A name that no other run takes. */
  static String podName(String action) {
    return "dory-" + action + "-" + UUID.randomUUID().toString().substring(0, 13);
  }
}
