// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.orphans;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Reads what a pod with {@code action=list} printed; docs/reference/provisioning-pod.md. */
public final class ListingAnswer {
  private ListingAnswer() {}

  /**
   * The listing in a pod's log: the last line that is a JSON object with {@code volumes}. Empty
   * when there is none.
   *
   * @param node where the pod ran
   */
  public static Optional<PluginListing> read(String log, String plugin, String node) {
    return log.lines()
        .filter(line -> line.startsWith("{"))
        .map(ListingAnswer::json)
        .flatMap(Optional::stream)
        .filter(json -> json.path("volumes").isArray())
        .reduce((earlier, later) -> later)
        .map(json ->
            new PluginListing(
                plugin, node, !json.path("scope").asText("local").equals("global"), names(json)));
  }

  private static Set<String> names(JsonNode json) {
    Set<String> names = new HashSet<>();
    json.path("volumes").forEach(volume -> names.add(volume.path("name").asText()));
    names.remove("");
    return names;
  }

  private static Optional<JsonNode> json(String line) {
    try {
      return Optional.of(new ObjectMapper().readTree(line));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }
}
