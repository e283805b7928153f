// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.catalog;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The definitions in force: of each ConfigMap the last good one. A ConfigMap that became bad keeps
 * serving what it said when it was good. Safe for use by several threads.
 */
public final class Catalog {
  private final Map<ConfigMapKey, ProvisionerDefinition> good = new HashMap<>();

  /**
   * Takes what a ConfigMap says now.
   *
   * @return the classes for which something may have changed
   */
  public synchronized Set<String> put(ConfigMapKey source, Parsed parsed) {
    return switch (parsed) {
      case Parsed.NotOurs other -> remove(source);
      case Parsed.Bad bad -> Set.of();
      case Parsed.Good(ProvisionerDefinition definition) ->
          changed(Optional.ofNullable(good.put(source, definition)), Optional.of(definition));
    };
  }

  /** Forgets a ConfigMap that was deleted; as {@link #put}. */
  public synchronized Set<String> remove(ConfigMapKey source) {
    return changed(Optional.ofNullable(good.remove(source)), Optional.empty());
  }

  /** What serves a class now. */
  public synchronized InForce of(String storageClass) {
    List<ProvisionerDefinition> found =
        good.values().stream().filter(d -> d.storageClass().equals(storageClass)).toList();
    return switch (found.size()) {
      case 0 -> new InForce.None();
      case 1 -> new InForce.One(found.getFirst());
      default -> new InForce.Several(found);
    };
  }

  /** All definitions, the last good one of each ConfigMap. */
  public synchronized List<ProvisionerDefinition> all() {
    return List.copyOf(good.values());
  }

  /** The last good definition of one ConfigMap. */
  public synchronized Optional<ProvisionerDefinition> lastGood(ConfigMapKey source) {
    return Optional.ofNullable(good.get(source));
  }

  private static Set<String> changed(
      Optional<ProvisionerDefinition> before, Optional<ProvisionerDefinition> after) {
    if (before.equals(after)) {
      return Set.of();
    }
    Set<String> classes = new HashSet<>();
    before.ifPresent(d -> classes.add(d.storageClass()));
    after.ifPresent(d -> classes.add(d.storageClass()));
    return classes;
  }
}
