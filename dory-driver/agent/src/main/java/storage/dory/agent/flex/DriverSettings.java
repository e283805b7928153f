// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.flex;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Optional;
import java.util.Set;

/**
 * What {@code <driver>.json} says, with the original Dory's defaults and coercions: each key that
 * cannot be understood falls back alone, a file that cannot be read is as one that is not there.
 *
 * @param plugin socket path or name of the plugin; empty: the plugin of the driver's name
 * @param createVolumes whether a volume that does not exist is created on mount
 * @param stripKubernetes whether kubelet's own options are kept from the plugin
 */
public record DriverSettings(
    Optional<String> plugin, boolean createVolumes, boolean stripKubernetes) {
  private static final Set<String> TRUE = Set.of("1", "t", "T", "TRUE", "true", "True");
  private static final Set<String> FALSE = Set.of("0", "f", "F", "FALSE", "false", "False");
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The settings in a file's text; trailing text after the first JSON value is ignored. */
  public static DriverSettings of(String text) {
    JsonNode node = firstValue(text);
    return new DriverSettings(
        Optional.of(node.path("dockerVolumePluginSocketPath"))
            .filter(value -> !value.isMissingNode() && !value.isNull())
            .map(value -> value.isValueNode() ? value.asText() : value.toString())
            .filter(value -> !value.isEmpty()),
        bool(node.path("createVolumes"), true),
        bool(node.path("stripK8sFromOptions"), true));
  }

  private static JsonNode firstValue(String text) {
    try {
      JsonNode node = JSON.readTree(text);
      return node.isObject() ? node : JsonNodeFactory.instance.objectNode();
    } catch (JsonProcessingException e) {
      return JsonNodeFactory.instance.objectNode();
    }
  }

  private static boolean bool(JsonNode value, boolean otherwise) {
    if (value.isBoolean()) {
      return value.asBoolean();
    }
    if (value.isTextual() && TRUE.contains(value.asText())) {
      return true;
    }
    if (value.isTextual() && FALSE.contains(value.asText())) {
      return false;
    }
    return otherwise;
  }
}
