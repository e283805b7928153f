// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class EventJsonTest {
  private static final Instant AT = Instant.parse("2026-01-02T03:04:05.678Z");

  @Test
  void eventIsOnThePodInItsNamespace() throws Exception {
    JsonNode event = written(event("pod-1", "It is dead"), 7);

    assertThat(event.path("kind").asText()).isEqualTo("Event");
    assertThat(event.at("/metadata/namespace").asText()).isEqualTo("team");
    assertThat(event.at("/metadata/name").asText()).matches("pod-1\\.[0-9a-f]{20}");
    assertThat(event.path("involvedObject"))
        .isEqualTo(
            new ObjectMapper()
                .readTree(
                    "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"namespace\":\"team\","
                        + "\"name\":\"pod-1\",\"uid\":\"u-1\"}"));
    assertThat(event.path("type").asText()).isEqualTo("Warning");
    assertThat(event.path("reason").asText()).isEqualTo("VolumeMountDead");
    assertThat(event.path("message").asText()).isEqualTo("It is dead");
    assertThat(event.path("firstTimestamp").asText()).isEqualTo("2026-01-02T03:04:05Z");
    assertThat(event.at("/source/component").asText()).isEqualTo("dory-agent");
    assertThat(event.at("/source/host").asText()).isEqualTo("node-1");
  }

  @Test
  void namesOfOneMomentDifferAndFit() throws Exception {
    PodEvent event = event("p".repeat(253), "x".repeat(5000));

    assertThat(written(event, 1).at("/metadata/name"))
        .isNotEqualTo(written(event, 2).at("/metadata/name"));
    assertThat(written(event, 1).at("/metadata/name").asText().length()).isLessThanOrEqualTo(253);
    assertThat(written(event, 1).path("message").asText().length()).isLessThanOrEqualTo(1024);
  }

  private static PodEvent event(String pod, String message) {
    return new PodEvent("team", pod, "u-1", true, "VolumeMountDead", message, AT);
  }

  private static JsonNode written(PodEvent event, long number) throws Exception {
    return new ObjectMapper().readTree(new EventJson("node-1").write(event, number));
  }
}
