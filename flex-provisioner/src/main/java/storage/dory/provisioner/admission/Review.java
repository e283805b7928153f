// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.admission;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import storage.dory.provisioner.identity.Filer;

/**
 * What the API server asks: an AdmissionReview of version v1.
 *
 * @param dryRun nothing will be written
 * @param user who makes the request
 * @param pod the pod that the user's token is bound to, where the API server says so
 * @param object as it would be written
 * @param before as it is, of an update
 */
record Review(
    String uid,
    String operation,
    String namespace,
    boolean dryRun,
    Filer user,
    Optional<String> pod,
    JsonNode object,
    JsonNode before) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String POD = "authentication.kubernetes.io/pod-name";

  /**
   * Reads a request's body.
   *
   * @throws IOException when it is no review, with words
   */
  static Review read(byte[] body) throws IOException {
    JsonNode review;
    try {
      review = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new IOException("the body is not JSON", e);
    }
    JsonNode request = review.path("request");
    if (!review.path("apiVersion").asText().equals("admission.k8s.io/v1")
        || request.path("uid").asText().isEmpty()) {
      throw new IOException("the body is not an AdmissionReview of admission.k8s.io/v1");
    }
    JsonNode user = request.path("userInfo");
    return new Review(
        request.path("uid").asText(),
        request.path("operation").asText(),
        request.path("namespace").asText(),
        request.path("dryRun").asBoolean(),
        new Filer(user.path("username").asText(), texts(user.path("groups"))),
        texts(user.path("extra").path(POD)).stream().findFirst(),
        request.path("object"),
        request.path("oldObject"));
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(item -> texts.add(item.asText()));
    return texts;
  }
}
