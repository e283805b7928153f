// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.why;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

/** Reads the provisioner's annotation on a ConfigMap. */
final class VerdictText {
  private VerdictText() {}

  /** Its message; the text itself when it is not as expected. */
  static String message(String verdict) {
    try {
      return new ObjectMapper().readTree(verdict).path("message").asText(verdict);
    } catch (JsonProcessingException e) {
      return verdict;
    }
  }
}
