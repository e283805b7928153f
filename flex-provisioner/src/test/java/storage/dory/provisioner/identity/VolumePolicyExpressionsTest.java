// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The expressions of configmaps/policies/volumes, as shipped, hold what its README says. */
class VolumePolicyExpressionsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String POD = "authentication.kubernetes.io/pod-name";
  private static final String UID = "0b0f7c1e-1111-2222-3333-444455556666";
  private static final String OTHER = "0b0f7c1e-1111-2222-3333-444455557777";
  private static final String ACCOUNT = "system:serviceaccount:dory-system:silver";

  private CelPolicy policy;

  @BeforeEach
  void read() throws IOException {
    policy = CelPolicy.shipped("volumes");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 12})
  void podMakesTheVolumeOfItsClaim(int attempt) {
    assertThat(refusal(pod("dory-provision-" + UID + "-" + attempt), "pvc-" + UID, UID)).isEmpty();
  }

  @Test
  void podMakesNoOtherVolume() {
    JsonNode pod = pod("dory-provision-" + UID + "-1");

    assertThat(refusal(pod, "pvc-" + OTHER, UID)).isPresent();
    assertThat(refusal(pod, "pvc-" + UID, OTHER)).isPresent();
    assertThat(refusal(pod, "pvc-" + OTHER, OTHER)).isPresent();
    assertThat(refusal(pod, "pvc-" + UID, "")).isPresent();
    assertThat(refusal(pod, "mine", "")).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dory-delete-" + UID + "-1",
        "dory-expand-" + UID + "-1",
        "dory-provision-" + UID + "-1x",
        "xdory-provision-" + UID + "-1",
        "dory-provision-" + UID,
        "flex-provisioner-5d5-abc",
        ""
      })
  void anyOtherPodMakesNone(String pod) {
    assertThat(refusal(pod(pod), "pvc-" + UID, UID)).isPresent();
  }

  @Test
  void tokenThatNamesNoPodMakesNone() {
    assertThat(refusal(user(ACCOUNT, Optional.empty()), "pvc-" + UID, UID)).isPresent();
    assertThat(refusal(user(ACCOUNT, Optional.of(Map.of("k", List.of("v")))), "pvc-" + UID, UID))
        .isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "admin",
        "",
        "system:serviceaccount:team:silver",
        "system:serviceaccount:dory-system2:silver",
        "system:serviceaccount:kube-system:other-provisioner"
      })
  void anybodyElseIsNoBusinessOfOurs(String username) {
    assertThat(refusal(user(username, Optional.empty()), "mine", "")).isEmpty();
  }

  private Optional<String> refusal(JsonNode user, String volume, String claim) {
    ObjectNode request = JSON.createObjectNode().put("operation", "CREATE");
    request.set("userInfo", user);
    ObjectNode object = JSON.createObjectNode();
    object.putObject("metadata").put("name", volume);
    ObjectNode spec = object.putObject("spec");
    if (!claim.isEmpty()) {
      spec.putObject("claimRef").put("uid", claim);
    }
    CelPolicy.Asked asked =
        new CelPolicy.Asked(request, object, Optional.empty(), Optional.empty());
    return policy.matches(asked) ? policy.refusal(asked) : Optional.empty();
  }

  private static JsonNode pod(String name) {
    return user(ACCOUNT, Optional.of(Map.of(POD, List.of(name))));
  }

  /** What is empty is not there, as the API server has it. */
  private static JsonNode user(String name, Optional<Map<String, List<String>>> extra) {
    ObjectNode user = JSON.createObjectNode();
    if (!name.isEmpty()) {
      user.put("username", name);
    }
    extra.ifPresent(all -> user.set("extra", JSON.valueToTree(all)));
    return user;
  }
}
