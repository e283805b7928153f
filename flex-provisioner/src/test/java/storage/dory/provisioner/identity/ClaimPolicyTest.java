// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClaimPolicyTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");
  private static final String SPEC =
      "{'failurePolicy':'Fail','selector':{},'rules':[{'operations':['CREATE','UPDATE']}]}";
  private static final String BINDING = "{'policyName':'p'}";

  private final ClaimPolicy policy = new ClaimPolicy(List.of(json(SPEC), json(BINDING)));

  @Test
  void policyAndBindingOfOursHoldFromAMinuteAfterTheYoungerOfTheTwo() {
    assertThat(
            policy.since(
                List.of(
                    seen(SPEC, START, 1, false), seen(BINDING, START.plusSeconds(5), 1, false))))
        .contains(START.plusSeconds(65));
  }

  @Test
  void emptyMayBeMissing() {
    String written = "{'failurePolicy':'Fail','rules':[{'operations':['CREATE','UPDATE']}],'x':[]}";

    assertThat(
            policy.since(List.of(seen(written, START, 1, false), seen(BINDING, START, 1, false))))
        .isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{'failurePolicy':'Ignore','rules':[{'operations':['CREATE','UPDATE']}]}",
        "{'failurePolicy':'Fail','rules':[{'operations':['CREATE']}]}",
        "{'failurePolicy':'Fail','rules':[{'operations':['UPDATE','CREATE']}]}",
        "{'failurePolicy':'Fail','selector':{'a':'b'},'rules':[{'operations':['CREATE','UPDATE']}]}",
        "{'failurePolicy':'Fail','rules':[{'operations':['CREATE','UPDATE']}],'exclude':['x']}",
      })
  void anyOtherPolicyIsNotBelieved(String other) {
    assertThat(policy.since(List.of(seen(other, START, 1, false), seen(BINDING, START, 1, false))))
        .isEmpty();
  }

  @Test
  void policyThatWasEditedIsLeavingOrIsNotBoundIsNotBelieved() {
    assertThat(policy.since(List.of(seen(SPEC, START, 2, false), seen(BINDING, START, 1, false))))
        .isEmpty();
    assertThat(policy.since(List.of(seen(SPEC, START, 1, false), seen(BINDING, START, 2, false))))
        .isEmpty();
    assertThat(policy.since(List.of(seen(SPEC, START, 1, true), seen(BINDING, START, 1, false))))
        .isEmpty();
    assertThat(policy.since(List.of(seen(SPEC, START, 1, false), Optional.empty()))).isEmpty();
    assertThat(policy.since(List.of(Optional.empty(), seen(BINDING, START, 1, false)))).isEmpty();
  }

  private static Optional<ClaimPolicy.Seen> seen(
      String spec, Instant created, long generation, boolean deleting) {
    return Optional.of(new ClaimPolicy.Seen(json(spec), created, generation, deleting));
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }
}
