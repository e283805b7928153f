// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.admission;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A decision as the API server reads it. */
final class Answer {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int FORBIDDEN = 403;
  private static final int UNAVAILABLE = 503;

  private Answer() {}

  static byte[] of(Review review, Decision decision) {
    ObjectNode answer = JSON.createObjectNode();
    answer.put("apiVersion", "admission.k8s.io/v1").put("kind", "AdmissionReview");
    ObjectNode response = answer.putObject("response").put("uid", review.uid());
    switch (decision) {
      case Decision.Allow(List<String> warnings) -> {
        response.put("allowed", true);
        if (!warnings.isEmpty()) {
          warnings.forEach(response.putArray("warnings")::add);
        }
      }
      case Decision.Annotate annotate -> {
        response.put("allowed", true);
        ArrayNode warnings = response.putArray("warnings");
        annotate.warnings().forEach(warnings::add);
        byte[] patch = bytes(patch(review.object(), annotate.annotations()));
        response.put("patchType", "JSONPatch");
        response.put("patch", Base64.getEncoder().encodeToString(patch));
      }
      case Decision.Refuse(String why) -> refuse(response, FORBIDDEN, why);
      case Decision.Later(String why) -> refuse(response, UNAVAILABLE, why);
    }
    return bytes(answer);
  }

  private static void refuse(ObjectNode response, int code, String why) {
    response.put("allowed", false);
    response.putObject("status").put("code", code).put("message", why);
  }

  private static ArrayNode patch(JsonNode object, Map<String, Optional<String>> annotations) {
    ArrayNode patch = JSON.createArrayNode();
    JsonNode there = object.path("metadata").path("annotations");
    if (!there.isObject()) {
      step(patch, "add", "/metadata/annotations").putObject("value");
    }
    new TreeMap<>(annotations)
        .forEach((name, value) -> {
          String path = "/metadata/annotations/" + name.replace("~", "~0").replace("/", "~1");
          if (value.isPresent()) {
            step(patch, "add", path).put("value", value.get());
          } else if (there.has(name)) {
            step(patch, "remove", path);
          }
        });
    return patch;
  }

  private static ObjectNode step(ArrayNode patch, String operation, String path) {
    return patch.addObject().put("op", operation).put("path", path);
  }

  private static byte[] bytes(JsonNode node) {
    try {
      return JSON.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree can be written as JSON", e);
    }
  }
}
