// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The expressions of configmaps/policies/claims, as shipped, hold what identity.md says. */
class ClaimPolicyExpressionsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String USERNAME = "dory.storage/username";
  private static final String GROUPS = "dory.storage/groups";
  private static final String OLD_CLASS = "volume.beta.kubernetes.io/storage-class";
  private static final Filer ANN = new Filer("ann", List.of("staff"));
  private static final Map<String, String> FORGED =
      Map.of(USERNAME, "root", GROUPS, "[\"system:masters\"]");
  private static final Map<String, String> CLASSES =
      Map.of("silver", "dory.storage/flex-provisioner", "other", "example.com/other");

  private CelPolicy policy;

  @BeforeEach
  void read() throws IOException {
    policy = CelPolicy.shipped("claims");
  }

  static List<Filer> filers() {
    return List.of(
        ANN,
        new Filer("ann", List.of()),
        new Filer(
            "system:serviceaccount:kube-system:statefulset-controller",
            List.of("system:serviceaccounts", "system:authenticated")),
        new Filer(
            "o'hara \"the\" \\ first",
            List.of("a,b", "a\"b", "a\\b", "", "ü 漢字 😀", "\\\"", "a\\")),
        new Filer(
            "many",
            IntStream.range(0, 900).mapToObj(i -> "cn=group-" + i + ",dc=example").toList()));
  }

  @ParameterizedTest
  @MethodSource("filers")
  void whoeverFilesAClaimOfOursIsWrittenOnItWhateverItBrings(Filer filer) {
    for (Map<String, String> brought :
        List.of(Map.<String, String>of(), FORGED, Map.of(GROUPS, "[]"), Map.of(USERNAME, ""))) {
      assertThat(read(created(filer, Optional.of("silver"), brought))).contains(filer);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"other", "nowhere", ""})
  void claimOfAnotherClassIsLeftAlone(String name) {
    assertThat(created(ANN, Optional.of(name), Map.of("mine", "1"))).isEqualTo(Map.of("mine", "1"));
  }

  @Test
  void claimWithoutAClassIsLeftAlone() {
    assertThat(created(ANN, Optional.empty(), Map.of())).isEmpty();
  }

  static Stream<Optional<String>> notOurs() {
    return Stream.of(
        Optional.empty(), Optional.of(""), Optional.of("other"), Optional.of("nowhere"));
  }

  @ParameterizedTest
  @MethodSource("notOurs")
  void forgedNameDoesNotStayOnAClaimThatMayGetAClassOfOursLater(Optional<String> name) {
    Map<String, String> filed = created(ANN, name, FORGED);
    assertThat(read(filed)).contains(ANN);
    assertThat(created(ANN, name, Map.of(GROUPS, "[]"))).isEqualTo(filed);

    assertThat(read(changed(Optional.of("silver"), filed, filed))).contains(ANN);
  }

  @ParameterizedTest
  @MethodSource("notOurs")
  void nameThatIsAddedLaterIsNotBelieved(Optional<String> name) {
    assertThat(read(changed(name, Map.of(), FORGED))).isEmpty();
    assertThat(read(changed(Optional.of("silver"), Map.of(), FORGED))).isEmpty();
  }

  @Test
  void changesOfAStampArePutBack() {
    Map<String, String> stamped = created(ANN, Optional.of("silver"), Map.of());

    assertThat(changed(Optional.of("silver"), stamped, Map.of())).isEqualTo(stamped);
    assertThat(changed(Optional.of("silver"), stamped, FORGED)).isEqualTo(stamped);
    assertThat(changed(Optional.of("silver"), stamped, with(stamped, USERNAME, "bob")))
        .isEqualTo(stamped);
    assertThat(changed(Optional.of("silver"), stamped, with(stamped, GROUPS, "[]")))
        .isEqualTo(stamped);
    assertThat(changed(Optional.of("other"), stamped, Map.of())).isEqualTo(stamped);
  }

  @Test
  void otherChangesAreNotTouched() {
    Map<String, String> stamped = created(ANN, Optional.of("silver"), Map.of());
    Map<String, String> bound = with(stamped, "pv.kubernetes.io/bind-completed", "yes");

    assertThat(changed(Optional.of("silver"), stamped, bound)).isEqualTo(bound);
    assertThat(changed(Optional.of("silver"), Map.of(), Map.of("a", "b")))
        .isEqualTo(Map.of("a", "b"));
  }

  @Test
  void oldAnnotationOfTheClassComesFirst() {
    assertThat(read(created(ANN, Optional.of("other"), Map.of(OLD_CLASS, "silver")))).contains(ANN);
    assertThat(read(created(ANN, Optional.of("silver"), Map.of(OLD_CLASS, "other")))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 40})
  void tooManyGroupsAndNobodyIsNamed(int length) {
    List<String> groups = Collections.nCopies(2001, "g".repeat(length));

    assertThat(created(new Filer("ann", groups), Optional.of("silver"), FORGED))
        .isEqualTo(Map.of(USERNAME, "", GROUPS, ""));
    assertThat(
            read(
                created(
                    new Filer("ann", Collections.nCopies(700, "g".repeat(100))),
                    Optional.of("silver"),
                    FORGED)))
        .isEmpty();
  }

  @Test
  void groupWhoseNameHasAControlCharacterMakesTheFilerUnknown() {
    assertThat(read(created(new Filer("ann", List.of("a\nb")), Optional.of("silver"), Map.of())))
        .isEmpty();
  }

  @Test
  void isBoundForEveryClassAndOnceWithoutOne() {
    assertThat(policy.bindings())
        .extracting(binding -> binding.path("paramRef").toString())
        .containsExactly("{\"parameterNotFoundAction\":\"Allow\",\"selector\":{}}", "");
    assertThat(policy.bindings())
        .extracting(binding -> binding.path("policyName").asText())
        .containsOnly("dory-claims");
    assertThat(policy.spec().at("/paramKind/kind").asText()).isEqualTo("StorageClass");
    assertThat(
            policy
                .spec()
                .at("/matchConstraints/resourceRules/0/resources")
                .valueStream()
                .map(JsonNode::asText))
        .containsExactly("persistentvolumeclaims", "persistentvolumeclaims/status");
    assertThat(policy.spec().path("failurePolicy").asText()).isEqualTo("Fail");
  }

  private static Optional<Filer> read(Map<String, String> annotations) {
    return annotations.containsKey(USERNAME)
        ? Filer.read(annotations.get(USERNAME), annotations.getOrDefault(GROUPS, ""))
        : Optional.empty();
  }

  private static Map<String, String> with(Map<String, String> some, String name, String value) {
    Map<String, String> all = new TreeMap<>(some);
    all.put(name, value);
    return all;
  }

  private Map<String, String> created(
      Filer filer, Optional<String> className, Map<String, String> annotations) {
    ObjectNode request = JSON.createObjectNode().put("operation", "CREATE");
    request.set("userInfo", JSON.valueToTree(Map.of("username", filer.username())));
    if (!filer.groups().isEmpty()) {
      ((ObjectNode) request.path("userInfo")).set("groups", JSON.valueToTree(filer.groups()));
    }
    return admitted(request, claim(className, annotations), Optional.empty());
  }

  private Map<String, String> changed(
      Optional<String> className, Map<String, String> before, Map<String, String> after) {
    ObjectNode request = JSON.createObjectNode().put("operation", "UPDATE");
    request.set("userInfo", JSON.valueToTree(Map.of("username", "bob", "groups", List.of("x"))));
    return admitted(request, claim(className, after), Optional.of(claim(className, before)));
  }

  /** Once for each class, once without: as the bindings say. */
  private Map<String, String> admitted(
      JsonNode request, JsonNode claim, Optional<JsonNode> before) {
    List<Optional<JsonNode>> params = new ArrayList<>(List.of(Optional.empty()));
    CLASSES.forEach((name, provisioner) ->
        params.add(
            Optional.of(
                JSON.valueToTree(
                    Map.of("metadata", Map.of("name", name), "provisioner", provisioner)))));
    Map<String, String> annotations = new TreeMap<>();
    claim
        .at("/metadata/annotations")
        .properties()
        .forEach(entry -> annotations.put(entry.getKey(), entry.getValue().asText()));
    for (Optional<JsonNode> param : params) {
      CelPolicy.Asked asked = new CelPolicy.Asked(request, claim, before, param);
      if (policy.matches(asked)) {
        annotations.putAll(policy.annotations(asked));
      }
    }
    return annotations;
  }

  private static JsonNode claim(Optional<String> className, Map<String, String> annotations) {
    ObjectNode claim = JSON.createObjectNode();
    ObjectNode metadata = claim.putObject("metadata").put("name", "c");
    if (!annotations.isEmpty()) {
      metadata.set("annotations", JSON.valueToTree(annotations));
    }
    ObjectNode spec = claim.putObject("spec");
    className.ifPresent(name -> spec.put("storageClassName", name));
    return claim;
  }
}
