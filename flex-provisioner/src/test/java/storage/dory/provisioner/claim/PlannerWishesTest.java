// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static storage.dory.provisioner.fakes.Samples.ended;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import storage.dory.provisioner.catalog.PropertySize;
import storage.dory.provisioner.podrun.Action;
import storage.dory.provisioner.podrun.Order;
import storage.dory.provisioner.podrun.PropertySet;
import storage.dory.provisioner.volume.Bytes;
import storage.dory.provisioner.volume.ClaimRef;
import storage.dory.provisioner.volume.ClaimUid;

/** What a claim may ask for, and what it may not. */
class PlannerWishesTest extends PlannerStage {

  @Test
  void snapshotReachesTheImageThatServesIt() {
    scene.define(Map.of("provisioner.data-sources", "snapshot"));
    scene.dataSource = Optional.of(snapshot("s"));

    assertThat(launched().asked())
        .isEqualTo(Map.of("data-source", "snapshot", "data-source-name", "s"));
  }

  @Test
  void sourceThatTheImageDoesNotServeIsRefusedAndNeverIgnored() {
    scene.define(Map.of("provisioner.data-sources", "claim"));
    for (DataSource source :
        List.of(
            snapshot("s"),
            new DataSource("", "ConfigMap", "s", Optional.empty()),
            new DataSource("example.com", "PersistentVolumeClaim", "s", Optional.empty()),
            new DataSource("example.com", "Backup", "s", Optional.empty()))) {
      scene.dataSource = Optional.of(source);
      assertThat(toldWithoutAPod()).contains("spec.dataSource (" + source + ") is not served");
    }
  }

  @Test
  void sourceInAnotherNamespaceIsRefused() {
    scene.define(Map.of("provisioner.data-sources", "claim,snapshot"));
    scene.dataSource =
        Optional.of(new DataSource("", "PersistentVolumeClaim", "c", Optional.of("payroll")));

    assertThat(toldWithoutAPod()).contains("in another namespace");
  }

  @Test
  void cloneWaitsForItsOriginalAndGetsItsVolumesName() {
    scene.define(Map.of("provisioner.data-sources", "claim"));
    scene.dataSource =
        Optional.of(new DataSource("", "PersistentVolumeClaim", "first", Optional.empty()));
    Plan plan = at(LONG);
    assertThat(plan.step()).isInstanceOf(Step.WaitUntil.class);
    assertThat(plan.tells().getFirst().message()).contains("claim first").contains("waiting");

    scene.original = Optional.of(original("silver", 5));
    assertThat(launched().asked())
        .isEqualTo(
            Map.of(
                "data-source", "claim",
                "data-source-name", "first",
                "data-source-pv-name", "pvc-first"));
    scene.original = Optional.of(original("gold", 5));
    assertThat(toldWithoutAPod()).contains("only a claim of the same class");
    scene.original = Optional.of(original("silver", 11));
    assertThat(toldWithoutAPod()).contains("a clone cannot be smaller");
  }

  @Test
  void claimSetsOnlyThePropertiesThatTheConfigMapNames() {
    scene.define(Map.of("provisioner.claim-properties", "tier", "tier", "slow"));
    scene.annotations = Map.of("tier", "fast", "zone", "stolen", "image", "evil");

    Order order = launched();
    assertThat(order.asked()).isEqualTo(Map.of("tier", "fast"));
    assertThat(PropertySet.of(order, "https://api").values())
        .containsEntry("tier", "fast")
        .containsEntry("zone", "z1")
        .doesNotContainKey("image");
  }

  @Test
  void changedAnnotationThatCountsIsTriedAtOnceAndAnyOtherIsNot() {
    scene.define(Map.of("provisioner.claim-properties", "tier"));
    scene.pod(pod -> ended(pod, 2, "no such tier"), Action.PROVISION, 1);
    scene.annotations = Map.of("note", "x");
    assertThat(step()).isInstanceOf(Step.Rest.class);

    scene.annotations = Map.of("tier", "fast");
    assertThat(launched().attempt()).isEqualTo(2);
  }

  @Test
  void classParameterThatOnlyTheProvisionerSetsIsRefusedWithItsName() {
    scene.parameters = Map.of("action", "delete", "zone", "z2");

    assertThat(toldWithoutAPod()).contains("only the provisioner sets").contains(": action;");
  }

  @Test
  void propertiesOfClassAndConfigMapTogetherMayNotBeTooMany() {
    scene.parameters = Map.of("certificates", "x".repeat(PropertySize.MOST));

    assertThat(toldWithoutAPod()).contains("the properties of class and claim all together have");
  }

  private static ClaimFacts original(String storageClass, int mebibytes) {
    return new ClaimFacts(
        new ClaimRef("users", "first", new ClaimUid("first")),
        false,
        false,
        true,
        Optional.of("pvc-first"),
        Optional.of(storageClass),
        Optional.empty(),
        Optional.empty(),
        "",
        new ClaimCapacity(Optional.of(new Bytes((long) mebibytes << 20)), List.of()),
        List.of(),
        "Filesystem",
        false,
        Optional.empty(),
        Map.of(),
        "1");
  }
}
