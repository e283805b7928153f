// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.orphans;

import static org.assertj.core.api.Assertions.assertThat;
import static storage.dory.kubectl.Samples.at;
import static storage.dory.kubectl.Samples.claim;
import static storage.dory.kubectl.Samples.pod;
import static storage.dory.kubectl.Samples.scheduled;
import static storage.dory.kubectl.Samples.volume;

import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private static final ClusterRecords EMPTY =
      new ClusterRecords(List.of(), List.of(), List.of(), List.of());

  @Test
  void volumeThatNoObjectNamesIsOneAndForeignNamesAreNot() {
    Comparison comparison = new Comparison(EMPTY, listing("pvc-u-1", "of-docker"), EMPTY);

    assertThat(comparison.orphans(at(0)))
        .containsExactly(new Orphan.VolumeOnly("disk", "n1", true, "pvc-u-1"));
    assertThat(comparison.foreign()).containsExactly("of-docker");
  }

  @Test
  void volumeWhoseObjectIsThereBeforeOrAfterIsNone() {
    ClusterRecords with = volumes(onNode("pvc-u-1", "n1"));

    assertThat(new Comparison(with, listing("pvc-u-1"), EMPTY).orphans(at(0))).isEmpty();
    assertThat(new Comparison(EMPTY, listing("pvc-u-1"), with).orphans(at(0))).isEmpty();
  }

  @Test
  void volumeThatAPodIsMakingIsNone() {
    ClusterRecords making = pods(pod("u-1", 1, scheduled(3)));

    assertThat(new Comparison(making, listing("pvc-u-1"), EMPTY).orphans(at(0))).isEmpty();
    assertThat(new Comparison(EMPTY, listing("pvc-u-1"), making).orphans(at(5))).isEmpty();
  }

  @Test
  void objectWhoseVolumeIsNotInThePluginIsOneIfItWasThereAllTheTime() {
    ClusterRecords with = volumes(onNode("pvc-u-1", "n1"));

    assertThat(new Comparison(with, listing(), with).orphans(at(0)))
        .containsExactly(new Orphan.ObjectOnly("disk", "pvc-u-1"));
    assertThat(new Comparison(EMPTY, listing(), with).orphans(at(0))).isEmpty();
    assertThat(new Comparison(with, listing("pvc-u-1"), with).orphans(at(0))).isEmpty();
  }

  @Test
  void localVolumeOfANodeThatWasNotAskedIsNotCalledMissing() {
    ClusterRecords elsewhere = volumes(onNode("pvc-u-1", "n2"));

    assertThat(new Comparison(elsewhere, listing(), elsewhere).orphans(at(0))).isEmpty();
  }

  @Test
  void objectOfAPluginThatWasNotAskedIsNotCalledMissing() {
    ClusterRecords other = volumes(volume("pvc-u-1", "u-1", "dory.storage/other"));

    assertThat(new Comparison(other, listing(), other).orphans(at(0))).isEmpty();
  }

  @Test
  void endedPodIsOneOnlyWhenClaimAndVolumeHaveGoneForAWhile() {
    Pod ended =
        pod(
            "u-1",
            1,
            scheduled(3)
                .withPhase("Failed")
                .addNewContainerStatus()
                .withName("provision")
                .withNewState()
                .withNewTerminated()
                .withExitCode(1)
                .withFinishedAt(at(10).toString())
                .endTerminated()
                .endState()
                .endContainerStatus());
    ClusterRecords alone = pods(ended);
    ClusterRecords wanted =
        new ClusterRecords(List.of(claim("data", "u-1")), List.of(), List.of(ended), List.of());

    assertThat(new Comparison(alone, listing(), alone).orphans(at(300)))
        .containsExactly(new Orphan.Request("dory-system", "dory-provision-u-1-1", "team/data"));
    assertThat(new Comparison(alone, listing(), alone).orphans(at(20))).isEmpty();
    assertThat(new Comparison(wanted, listing(), wanted).orphans(at(300))).isEmpty();
  }

  @Test
  void secretWithoutItsPodIsOne() {
    Secret secret =
        new SecretBuilder()
            .withNewMetadata()
            .withNamespace("dory-system")
            .withName("dory-provision-u-1-1")
            .endMetadata()
            .build();
    ClusterRecords alone = new ClusterRecords(List.of(), List.of(), List.of(), List.of(secret));
    ClusterRecords withPod =
        new ClusterRecords(
            List.of(), List.of(), List.of(pod("u-1", 1, scheduled(3))), List.of(secret));

    assertThat(new Comparison(alone, listing(), alone).orphans(at(0)))
        .containsExactly(new Orphan.SecretOnly("dory-system", "dory-provision-u-1-1"));
    assertThat(new Comparison(alone, listing(), withPod).orphans(at(0))).isEmpty();
  }

  @Test
  void listingIsTheLastJsonLineThatHasVolumes() {
    String log =
        "{\"level\":\"info\"}\n{\"scope\":\"global\",\"volumes\":[{\"name\":\"a\"},{\"name\":\"b\"}]}\n{not json\n";

    assertThat(ListingAnswer.read(log, "disk", "n1"))
        .contains(new PluginListing("disk", "n1", false, Set.of("a", "b")));
    assertThat(ListingAnswer.read("unknown action\n", "disk", "n1")).isEmpty();
  }

  @Test
  void adoptedLocalVolumeStaysOnItsNodeAndIsKept() {
    PersistentVolume adopted =
        AdoptedVolume.of(
            new Orphan.VolumeOnly("disk", "n1", true, "pvc-u-1"), "silver", new Quantity("1Gi"));

    assertThat(adopted.getSpec().getPersistentVolumeReclaimPolicy()).isEqualTo("Retain");
    assertThat(adopted.getSpec().getFlexVolume().getDriver()).isEqualTo("dory.storage/disk");
    assertThat(adopted.getSpec().getFlexVolume().getOptions()).containsEntry("name", "pvc-u-1");
    assertThat(adopted.getSpec().getNodeAffinity().toString()).contains("n1");
    assertThat(adopted.getSpec().getClaimRef()).isNull();
  }

  private static List<PluginListing> listing(String... volumes) {
    return List.of(new PluginListing("disk", "n1", true, Set.of(volumes)));
  }

  private static ClusterRecords volumes(PersistentVolume... volumes) {
    return new ClusterRecords(List.of(), List.of(volumes), List.of(), List.of());
  }

  private static ClusterRecords pods(Pod... pods) {
    return new ClusterRecords(List.of(), List.of(), List.of(pods), List.of());
  }

  private static PersistentVolume onNode(String name, String node) {
    return new PersistentVolumeBuilder(volume(name, "u-1", "dory.storage/disk"))
        .editSpec()
        .withNewNodeAffinity()
        .withNewRequired()
        .addNewNodeSelectorTerm()
        .withMatchExpressions(
            new NodeSelectorRequirement("kubernetes.io/hostname", "In", List.of(node)))
        .endNodeSelectorTerm()
        .endRequired()
        .endNodeAffinity()
        .endSpec()
        .build();
  }
}
