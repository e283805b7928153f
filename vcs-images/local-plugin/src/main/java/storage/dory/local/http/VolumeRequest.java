// SPDX-License-Identifier: Apache-2.0
package storage.dory.local.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The body of any request of the protocol, as it came: keys in any case, unknown ones ignored, an
 * empty body for an empty object.
 *
 * @param name the volume; empty when not given
 * @param id who mounts or unmounts; empty when not given
 * @param options the options of Create; null and absent are no options
 */
record VolumeRequest(String name, String id, Map<String, String> options) {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  /**
   * Reads a body.
   *
   * @throws JsonProcessingException when it is not one JSON object of the right shape
   */
  static VolumeRequest read(byte[] body) throws IOException {
    Wire wire = body.length == 0 ? null : JSON.readValue(body, Wire.class);
    if (wire == null) {
      return new VolumeRequest("", "", Map.of());
    }
    Map<String, String> options = new HashMap<>();
    if (wire.options() != null) {
      wire.options().forEach((key, value) -> options.put(key, value == null ? "" : value));
    }
    return new VolumeRequest(
        wire.name() == null ? "" : wire.name(), wire.id() == null ? "" : wire.id(), options);
  }

  private record Wire(
      @JsonProperty("Name") @Nullable String name,
      @JsonProperty("ID") @Nullable String id,
      @JsonProperty("Opts") @Nullable Map<String, @Nullable String> options) {}
}
