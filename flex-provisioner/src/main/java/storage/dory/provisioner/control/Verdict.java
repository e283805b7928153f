// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import storage.dory.provisioner.catalog.RawDefinition;
import storage.dory.provisioner.claim.Inputs;

/**
 * What is thought of a ConfigMap.
 *
 * @param of short hash of the text that it is about
 */
record Verdict(boolean accepted, String message, String of) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static Verdict of(RawDefinition raw, boolean accepted, String message) {
    return new Verdict(
        accepted, message, Inputs.hash(List.of(raw.storageClass(), String.valueOf(raw.data()))));
  }

  String text() {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("state", accepted ? "accepted" : "refused");
    fields.put("message", message);
    fields.put("of", of);
    try {
      return JSON.writeValueAsString(fields);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("text can be written as JSON", e);
    }
  }
}
