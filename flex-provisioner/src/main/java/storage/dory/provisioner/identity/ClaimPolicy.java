// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.identity;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whether the API server itself writes on claims who filed them: by a MutatingAdmissionPolicy and
 * its bindings that are word for word ours.
 */
public final class ClaimPolicy {
  /** An API server takes a new policy into force a little after it was made. */
  public static final Duration MARGIN = Duration.ofMinutes(1);

  private final List<JsonNode> specs;

  /** Compares with these specs, of the policy and of all its bindings. */
  public ClaimPolicy(List<JsonNode> specs) {
    this.specs = List.copyOf(specs);
  }

  /**
   * An object as it is in the cluster.
   *
   * @param generation 1 as long as nobody has changed its spec
   */
  public record Seen(JsonNode spec, Instant created, long generation, boolean deleting) {}

  /**
   * The time from which on every claim was stamped, until the objects were looked at; empty when
   * that is not certain of any time.
   *
   * @param seen one for each of the specs, in their order
   */
  public Optional<Instant> since(List<Optional<Seen>> seen) {
    Instant youngest = Instant.MIN;
    for (int i = 0; i < specs.size(); i++) {
      Optional<Seen> object = seen.get(i);
      if (object.isEmpty() || !isWhole(object.get(), specs.get(i))) {
        return Optional.empty();
      }
      Instant created = object.get().created();
      youngest = created.isAfter(youngest) ? created : youngest;
    }
    return Optional.of(youngest.plus(MARGIN));
  }

  private static boolean isWhole(Seen seen, JsonNode expected) {
    return seen.generation() == 1 && !seen.deleting() && same(expected, seen.spec());
  }

  /** Equal, where what is empty may as well be missing. */
  private static boolean same(JsonNode expected, JsonNode actual) {
    if (isEmpty(expected) || isEmpty(actual)) {
      return isEmpty(expected) && isEmpty(actual);
    }
    if (expected.isObject() && actual.isObject()) {
      Set<String> names = new TreeSet<>();
      expected.fieldNames().forEachRemaining(names::add);
      actual.fieldNames().forEachRemaining(names::add);
      return names.stream().allMatch(name -> same(expected.path(name), actual.path(name)));
    }
    if (expected.isArray() && actual.isArray()) {
      boolean same = expected.size() == actual.size();
      for (int i = 0; same && i < expected.size(); i++) {
        same = same(expected.get(i), actual.get(i));
      }
      return same;
    }
    return expected.equals(actual);
  }

  private static boolean isEmpty(JsonNode node) {
    return node.isMissingNode() || node.isNull() || (node.isContainerNode() && node.isEmpty());
  }
}
