// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.flex;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The arguments of a call as they may be shown: only what is known to be no secret is as it was.
 */
public final class SafeArguments {
  static final String MASK = "***";

  /** What kubelet says about a volume and its pod, and the volume's name. */
  private static final Set<String> HARMLESS =
      Set.of(
          "name",
          "kubernetes.io/fsGroup",
          "kubernetes.io/fsType",
          "kubernetes.io/mounterArgs.FsGroup",
          "kubernetes.io/pod.name",
          "kubernetes.io/pod.namespace",
          "kubernetes.io/pod.uid",
          "kubernetes.io/pvOrVolumeName",
          "kubernetes.io/readwrite",
          "kubernetes.io/serviceAccount.name");

  private static final ObjectMapper JSON = new ObjectMapper();

  private SafeArguments() {}

  /** Joined by blanks. A path of a pod's directory or a device is shown, options by their keys. */
  public static String of(List<String> args) {
    List<String> shown = new ArrayList<>();
    args.forEach(each -> shown.add(shown(each)));
    return String.join(" ", shown);
  }

  private static String shown(String arg) {
    if (arg.startsWith("/")) {
      return arg.startsWith("/dev/") || arg.contains("/pods/") ? arg : MASK;
    }
    try {
      JsonNode node = JSON.readTree(arg);
      return node != null && node.isObject() ? masked(node).toString() : MASK;
    } catch (JsonProcessingException e) {
      return MASK;
    }
  }

  private static ObjectNode masked(JsonNode options) {
    ObjectNode masked = JsonNodeFactory.instance.objectNode();
    options
        .properties()
        .forEach(each ->
            masked.set(
                each.getKey(),
                HARMLESS.contains(each.getKey()) && each.getValue().isValueNode()
                    ? each.getValue()
                    : JsonNodeFactory.instance.textNode(MASK)));
    return masked;
  }
}
