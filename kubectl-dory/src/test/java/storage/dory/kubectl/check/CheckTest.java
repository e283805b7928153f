// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import storage.dory.provisioner.catalog.ConfigMapKey;
import storage.dory.provisioner.catalog.RawDefinition;

class CheckTest {
  private static final String GOOD =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata:
        name: silver
        labels: {type: provisioner-config, storage-class: silver}
      data:
        image: acme/provision:1
        service-account-name: silver
        provisioner.image-pull-secrets: login
        provisioner.docker-plugin: disk
        provisioner.vcs-image: acme/client:1
        provisioner.vcs-secret: remotes
      """;

  private final World world = new World();

  @Test
  void goodOneIsAccepted() {
    world.objects =
        Set.of("ServiceAccount/team/silver", "Secret/team/login", "Secret/team/remotes");

    Checked checked = check(GOOD);

    assertThat(checked.findings()).isEmpty();
    assertThat(checked.accepted()).isTrue();
  }

  @Test
  void everythingThatItNamesAndThatIsNotThereIsTold() {
    assertThat(check(GOOD).findings())
        .extracting(Finding::key)
        .containsExactlyInAnyOrder(
            "service-account-name", "provisioner.image-pull-secrets", "provisioner.vcs-secret");
    assertThat(check(GOOD).accepted()).isFalse();
  }

  @Test
  void whatTheUserMayNotSeeIsNoProblem() {
    world.hidden = true;

    assertThat(check(GOOD).findings())
        .extracting(Finding::weight)
        .containsOnly(Finding.Weight.UNKNOWN);
    assertThat(check(GOOD).accepted()).isTrue();
  }

  @Test
  void everyProblemOfTheParserIsToldWithItsKey() {
    String bad =
        GOOD.replace("  image: acme/provision:1\n", "")
            .replace("vcs-secret: remotes", "timeout: soon")
            .replace("service-account-name: silver", "service-account-name: silver\n  action: x");

    assertThat(check(bad).findings())
        .filteredOn(finding -> finding.weight() == Finding.Weight.PROBLEM)
        .extracting(Finding::key)
        .contains("image", "provisioner.timeout", "action");
  }

  @Test
  void valueThatIsNoTextIsToldBeforeTheApiServerRefusesIt() {
    assertThat(check(GOOD + "  provisioner.attempts: 5\n").findings())
        .anySatisfy(finding -> {
          assertThat(finding.key()).isEqualTo("provisioner.attempts");
          assertThat(finding.words()).contains("\"5\"");
        });
  }

  @Test
  void missingTypeLabelIsAProblem() {
    assertThat(check(GOOD.replace("type: provisioner-config, ", "")).findings())
        .anyMatch(finding -> finding.key().equals("label type"));
  }

  @Test
  void classOfAnotherProvisionerAndAnotherConfigMapOfTheClassAreConflicts() {
    world.provisioner = Optional.of("rancher.io/local-path");
    world.others =
        List.of(
            new RawDefinition(
                new ConfigMapKey("other", "rival"), "silver", java.util.Map.of("image", "x")),
            new RawDefinition(new ConfigMapKey("other", "gold"), "gold", java.util.Map.of()));

    assertThat(check(GOOD).findings())
        .filteredOn(finding -> finding.key().equals("label storage-class"))
        .extracting(Finding::words)
        .anyMatch(words -> words.contains("rancher.io/local-path"))
        .anyMatch(words -> words.contains("other/rival") && !words.contains("other/gold"));
  }

  @Test
  void otherConfigMapOfTheClassForOtherNodesIsRemarkedOnly() {
    world.objects =
        Set.of("ServiceAccount/team/silver", "Secret/team/login", "Secret/team/remotes");
    world.others =
        List.of(
            new RawDefinition(
                new ConfigMapKey("other", "rival"),
                "silver",
                java.util.Map.of(
                    "image",
                    "x",
                    "service-account-name",
                    "y",
                    "provisioner.node-selector",
                    "z=b")));

    assertThat(check(GOOD + "  provisioner.node-selector: z=a\n").accepted()).isTrue();
    assertThat(check(GOOD).accepted()).isFalse();
  }

  @Test
  void literalTokenIsRemarkedAndNeverShown() {
    Checked checked = check(GOOD + "  service-token: abcdef-secret\n");

    assertThat(Checked.answer(List.of(checked)).text())
        .anyMatch(line -> line.contains("service-token"))
        .noneMatch(line -> line.contains("abcdef-secret"));
  }

  @Test
  void fileOfSeveralObjectsKnowsWhatItBringsItself() {
    Manifests manifests =
        Manifests.read(
            GOOD
                + "---\napiVersion: v1\nkind: List\nitems:\n"
                + "- {kind: ServiceAccount, metadata: {name: silver, namespace: x}}\n",
            "team");

    assertThat(manifests.candidates()).hasSize(1);
    assertThat(manifests.objects()).contains("ServiceAccount/x/silver", "ConfigMap/team/silver");
  }

  @Test
  void brokenYamlIsToldWithItsPlace() {
    assertThatThrownBy(() -> Manifests.read("a: [b\nc: d", "team"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("line");
  }

  private Checked check(String yaml) {
    return new Check(world).of(Manifests.read(yaml, "team").candidates().getFirst());
  }

  private static final class World implements Surroundings {
    private Set<String> objects = Set.of();
    private boolean hidden;
    private Optional<String> provisioner = Optional.empty();
    private List<RawDefinition> others = List.of();

    @Override
    public Presence serviceAccount(String namespace, String name) {
      return presence("ServiceAccount/" + namespace + "/" + name);
    }

    @Override
    public Presence secret(String namespace, String name) {
      return presence("Secret/" + namespace + "/" + name);
    }

    @Override
    public Optional<String> provisionerOf(String storageClass) {
      return provisioner;
    }

    @Override
    public List<RawDefinition> others() {
      return others;
    }

    private Presence presence(String object) {
      return hidden ? Presence.HIDDEN : objects.contains(object) ? Presence.THERE : Presence.ABSENT;
    }
  }
}
