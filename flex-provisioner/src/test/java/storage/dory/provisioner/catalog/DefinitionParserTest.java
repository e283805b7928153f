// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DefinitionParserTest {
  private static final ConfigMapKey SOURCE = new ConfigMapKey("dory-system", "silver");

  @Test
  void everyKeyIsRead() {
    Map<String, String> data = new TreeMap<>();
    data.put("plugin-name", "kubernetes.io/flex-provisioner");
    data.put("image", " registry.example:5000/a/b@sha256:0123 ");
    data.put("service-account-name", "silver");
    data.put("service-token", "abc.def");
    data.put("provisioner.node-selector", "storage=fast, example.com/zone=a");
    data.put("provisioner.tolerations", "[{key: storage, operator: Exists, effect: NoSchedule}]");
    data.put("provisioner.timeout", "90s");
    data.put("provisioner.attempts", "3");
    data.put("provisioner.max-pods", "7");
    data.put("provisioner.reclaim-policy", "Retain");
    data.put("provisioner.volume-binding-mode", "WaitForFirstConsumer");
    data.put("provisioner.allow-volume-expansion", "true");
    data.put("provisioner.image-pull-secrets", "one,two");
    data.put("provisioner.resources", "{limits: {memory: 256Mi}}");
    data.put("provisioner.docker-plugin", "rclone");
    data.put("provisioner.vcs-image", "dory/rclone-plugin:0.1.0");
    data.put("provisioner.vcs-secret", "remotes");
    data.put("provisioner.vcs-liveness", "/opt/acme/alive");
    data.put("provisioner.fs-type", "ext4");
    data.put("provisioner.node-expansion", "true");
    data.put("provisioner.data-sources", "claim, snapshot");
    data.put("provisioner.claim-properties", "tier");
    data.put("provisioner.pod-template", "{spec: {priorityClassName: low}}");
    data.put(
        "provisioner.allowed-topologies",
        "[{matchLabelExpressions: [{key: zone, values: [a, b]}]}]");
    data.put("zone", "a\nb");

    ProvisionerDefinition definition = good(data);

    assertThat(definition.image()).isEqualTo("registry.example:5000/a/b@sha256:0123");
    assertThat(definition.serviceToken()).contains("abc.def");
    assertThat(definition.placing().nodeSelector())
        .isEqualTo(Map.of("storage", "fast", "example.com/zone", "a"));
    assertThat(definition.placing().tolerations())
        .containsExactly(new TolerationRule("storage", "Exists", null, "NoSchedule", null));
    assertThat(definition.timeout()).isEqualTo(Duration.ofSeconds(90));
    assertThat(definition.attempts()).isEqualTo(3);
    assertThat(definition.maxPods()).isEqualTo(7);
    assertThat(definition.reclaimPolicy()).isEqualTo(ReclaimPolicy.RETAIN);
    assertThat(definition.bindingMode()).isEqualTo(BindingMode.WAIT_FOR_FIRST_CONSUMER);
    assertThat(definition.allowExpansion()).isTrue();
    assertThat(definition.imagePullSecrets()).containsExactly("one", "two");
    assertThat(definition.resources().limits()).containsEntry("memory", "256Mi");
    assertThat(definition.dockerPlugin()).contains("rclone");
    assertThat(definition.volumeClient().orElseThrow().secret()).contains("remotes");
    assertThat(definition.volumeClient().orElseThrow().liveness()).contains("/opt/acme/alive");
    assertThat(definition.fsType()).contains("ext4");
    assertThat(definition.terms())
        .isEqualTo(new ClaimTerms(Set.of(DataSourceKind.values()), List.of("tier"), true));
    assertThat(definition.podTemplate()).contains("{spec: {priorityClassName: low}}");
    assertThat(definition.allowedTopologies())
        .containsExactly(
            new AllowedTopology(
                List.of(new AllowedTopology.Expression("zone", List.of("a", "b")))));
    assertThat(definition.properties()).isEqualTo(Map.of("zone", "a\nb"));
  }

  @Test
  void defaultsAreThoseOfTheContract() {
    ProvisionerDefinition definition = good(least());

    assertThat(definition.timeout()).isEqualTo(Duration.ofMinutes(5));
    assertThat(definition.attempts()).isEqualTo(15);
    assertThat(definition.maxPods()).isEqualTo(50);
    assertThat(definition.reclaimPolicy()).isEqualTo(ReclaimPolicy.DELETE);
    assertThat(definition.bindingMode()).isEqualTo(BindingMode.IMMEDIATE);
    assertThat(definition.allowExpansion()).isFalse();
    assertThat(definition.volumeClient()).isEmpty();
  }

  @Test
  void keyInBinaryDataIsRefusedAndNeverIgnored() {
    Parsed parsed =
        new DefinitionParser()
            .parse(new RawDefinition(SOURCE, "silver", least(), Set.of("certificate.der")));

    assertThat(parsed)
        .isInstanceOfSatisfying(
            Parsed.Bad.class,
            bad ->
                assertThat(bad.problems())
                    .singleElement()
                    .satisfies(problem -> {
                      assertThat(problem.key()).isEqualTo("certificate.der");
                      assertThat(problem.words()).contains("binaryData").contains("pod-template");
                    }));
  }

  @Test
  void everyProblemIsToldAtOnceWithItsKey() {
    List<String> problems =
        bad(
            Map.of(
                "provisioner.timeout", "5 minutes",
                "provisioner.attempts", "0",
                "provisioner.tiemout", "5m",
                "provisioner.vcs-image", "x",
                "provisioner.tolerations", "[{kye: a}]",
                "pv-name", "mine"));

    assertThat(problems)
        .containsExactly(
            "image: is missing",
            "provisioner.attempts: '0' is not a number from 1 to 100",
            "provisioner.tiemout: there is no such key; did you mean provisioner.timeout?",
            "provisioner.timeout: '5 minutes' is not a duration such as 90s, 5m or 1h",
            problems.get(4),
            "provisioner.vcs-image: needs provisioner.docker-plugin",
            "pv-name: is set by the provisioner for each request",
            "service-account-name: is missing");
    assertThat(problems.get(4)).startsWith("provisioner.tolerations: cannot be read as YAML:");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "image|a b",
        "image|''",
        "service-account-name|Silver",
        "service-token|two words",
        "provisioner.node-selector|storage",
        "provisioner.node-selector|a=b,a=c",
        "provisioner.timeout|9s",
        "provisioner.timeout|2h",
        "provisioner.timeout|-5m",
        "provisioner.attempts|1_000",
        "provisioner.max-pods|1001",
        "provisioner.reclaim-policy|Recycle",
        "provisioner.volume-binding-mode|immediate",
        "provisioner.allow-volume-expansion|yes",
        "provisioner.image-pull-secrets|A",
        "provisioner.resources|{limits: {memory: lots}}",
        "provisioner.resources|[]",
        "provisioner.tolerations|key: a",
        "provisioner.tolerations|[{operator: Equal}]",
        "provisioner.tolerations|[{key: a, effect: Never}]",
        "provisioner.tolerations|[~]",
        "provisioner.docker-plugin|../etc",
        "provisioner.docker-plugin|UP",
        "provisioner.fs-type|ext4 -F",
        "provisioner.node-expansion|1",
        "provisioner.data-sources|volume",
        "provisioner.claim-properties|action",
        "provisioner.allowed-topologies|[{}]",
        "provisioner.allowed-topologies|[{matchLabelExpressions: [{key: zone}]}]",
        "provisioner.allowed-topologies|zone",
      })
  void badValueIsRefusedWithItsKey(String key, String value) {
    Map<String, String> data = new TreeMap<>(least());
    data.put(key, value);

    assertThat(bad(data)).singleElement().asString().startsWith(key + ": ");
  }

  @Test
  void anotherPluginIsNotOurs() {
    assertThat(parse("silver", Map.of("plugin-name", "example.com/other")))
        .isEqualTo(new Parsed.NotOurs("example.com/other"));
  }

  @Test
  void missingClassIsAProblemOfTheLabel() {
    assertThat(((Parsed.Bad) parse("", least())).problems().getFirst().key())
        .isEqualTo("label storage-class");
  }

  @Test
  void noSecretIsPrinted() {
    Map<String, String> data = new TreeMap<>(least());
    data.put("service-token", "t0psecret");
    data.put("password", "hunter2");

    assertThat(good(data).toString() + new RawDefinition(SOURCE, "silver", data))
        .doesNotContain("t0psecret")
        .doesNotContain("hunter2");
  }

  @Test
  void tableNamesEveryKeyOnceAndItsExamplesAndDefaultsAreGood() {
    Set<String> names = new HashSet<>();
    for (DefinitionKey<?> key : DefinitionKeys.all()) {
      assertThat(names.add(key.name())).as(key.name()).isTrue();
      assertThat(key.description()).as(key.name()).isNotBlank();
      if (!key.example().contains("...")) {
        assertThat(key.reader().apply(key.example())).as(key.name()).isNotNull();
      }
      key.text().ifPresent(text -> assertThat(key.reader().apply(text)).isNotNull());
    }
  }

  @Test
  void lastGoodVersionStaysInForceWhileTheNewOneIsBad() {
    Catalog catalog = new Catalog();
    assertThat(catalog.put(SOURCE, parse("silver", least()))).containsExactly("silver");

    assertThat(catalog.put(SOURCE, parse("silver", Map.of()))).isEmpty();

    assertThat(catalog.of("silver")).isEqualTo(new InForce.One(good(least())));
    assertThat(catalog.remove(SOURCE)).containsExactly("silver");
    assertThat(catalog.of("silver")).isEqualTo(new InForce.None());
  }

  @Test
  void twoConfigMapsForOneClassServeNobody() {
    Catalog catalog = new Catalog();
    ConfigMapKey other = new ConfigMapKey("dory-system", "other");
    var _ = catalog.put(SOURCE, parse("silver", least()));
    var _ =
        catalog.put(
            other, new DefinitionParser().parse(new RawDefinition(other, "silver", least())));

    assertThat(catalog.of("silver"))
        .isInstanceOfSatisfying(
            InForce.Several.class,
            several -> {
              assertThat(several.sources()).containsExactly(other, SOURCE);
              assertThat(several.apart()).isFalse();
            });
    var _ = catalog.remove(other);
    assertThat(catalog.of("silver")).isInstanceOf(InForce.One.class);
  }

  @Test
  void nodeSelectorsThatDifferTellTwoConfigMapsForOneClassApart() {
    Map<String, String> west = new TreeMap<>(least());
    west.put("provisioner.node-selector", "zone=west");
    Map<String, String> east = new TreeMap<>(least());
    east.put("provisioner.node-selector", "zone=east");

    InForce.Several several = new InForce.Several(List.of(good(west), good(east)));

    assertThat(several.apart()).isTrue();
    assertThat(several.on(Map.of("zone", "west", "more", "x"))).contains(good(west));
    assertThat(several.on(Map.of("zone", "north"))).isEmpty();
    assertThat(new InForce.Several(List.of(good(west), good(west))).apart()).isFalse();
    assertThat(new InForce.Several(List.of(good(west), good(least()))).apart()).isFalse();
  }

  @Test
  void propertiesThatAreTooManyForAPodsRecordAreRefused() {
    Map<String, String> data = new TreeMap<>(least());
    data.put("certificates", "x".repeat(PropertySize.MOST - 20));
    assertThat(good(data).properties()).containsKey("certificates");

    data.put("certificates", "\"".repeat(PropertySize.MOST / 2));
    assertThat(bad(data)).singleElement().asString().startsWith("properties: all together have");
    data.put("certificates", "\u20ac".repeat(PropertySize.MOST / 3 + 1));
    assertThat(bad(data)).singleElement().asString().startsWith("properties: all together have");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "image", "service-token", "service-account-name", "docker-plugin", "pv-name", "username",
        "groups", "action", "provisioner.timeout", "plugin-name", "definition",
            "data-source-pv-name",
        "a/b", "..", "-x", "\u00fcber", "fs-type", "kube-api"
      })
  void claimMayNotBeGivenAPropertyThatIsNotItsToSet(String name) {
    Map<String, String> data = new TreeMap<>(least());
    data.put("provisioner.claim-properties", "tier," + name);

    assertThat(bad(data)).singleElement().asString().startsWith("provisioner.claim-properties: '");
  }

  private static Map<String, String> least() {
    return Map.of("image", "example/provision:1", "service-account-name", "silver");
  }

  private static Parsed parse(String storageClass, Map<String, String> data) {
    return new DefinitionParser().parse(new RawDefinition(SOURCE, storageClass, data));
  }

  private static ProvisionerDefinition good(Map<String, String> data) {
    Parsed parsed = parse("silver", data);
    assertThat(parsed).isInstanceOf(Parsed.Good.class);
    return ((Parsed.Good) parsed).definition();
  }

  private static List<String> bad(Map<String, String> data) {
    Parsed parsed = parse("silver", data);
    assertThat(parsed).isInstanceOf(Parsed.Bad.class);
    return ((Parsed.Bad) parsed).problems().stream().map(DefinitionProblem::toString).toList();
  }
}
