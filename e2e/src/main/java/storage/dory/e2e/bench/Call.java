// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Duration;
import java.util.Optional;

/**
 * One run of an executable, as the kernel counted it.
 *
 * @param wall from fork until it has ended and both its streams are closed
 * @param processor user and system time of the process
 * @param peak largest resident set, in bytes
 * @param output what it wrote to both streams
 */
record Call(Duration wall, Duration processor, long peak, int code, String output) {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  /** Why kubelet would not take it for a success; empty when it would. */
  Optional<String> failure() {
    if (code != 0) {
      return Optional.of("exit code " + code + ": " + output.strip());
    }
    try {
      JsonNode reply = JSON.readTree(output);
      return reply.isObject() && "Success".equals(reply.path("status").asText())
          ? Optional.empty()
          : Optional.of("answered " + output.strip());
    } catch (JsonProcessingException e) {
      return Optional.of("answered what is not one JSON object: " + output.strip());
    }
  }
}
