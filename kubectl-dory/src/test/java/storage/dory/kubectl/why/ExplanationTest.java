// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.why;

import static org.assertj.core.api.Assertions.assertThat;
import static storage.dory.kubectl.Samples.at;
import static storage.dory.kubectl.Samples.bound;
import static storage.dory.kubectl.Samples.claim;
import static storage.dory.kubectl.Samples.event;
import static storage.dory.kubectl.Samples.pod;
import static storage.dory.kubectl.Samples.scheduled;
import static storage.dory.kubectl.Samples.silver;
import static storage.dory.kubectl.Samples.storageClass;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import storage.dory.kubectl.show.Answer;

class ExplanationTest {
  private static final String UID = "u-1";

  private PersistentVolumeClaim claim = claim("data", UID);
  private Optional<StorageClass> storageClass = Optional.of(silver());
  private List<ConfigMap> definitions = List.of(definition("silver", ""));
  private List<Pod> pods = List.of();
  private List<Event> claimEvents = List.of();
  private List<Event> podEvents = List.of();
  private Optional<Integer> ready = Optional.of(1);

  @Test
  void claimWhoseImageCannotBePulledStandsAtPullAndNamesTheImage() {
    pods =
        List.of(
            pod(
                UID,
                1,
                scheduled(3)
                    .addNewContainerStatus()
                    .withName("provision")
                    .withNewState()
                    .withNewWaiting()
                    .withReason("ErrImagePull")
                    .withMessage("no such host")
                    .endWaiting()
                    .endState()
                    .endContainerStatus()));

    Standing.At standing = standing(30);

    assertThat(standing.stage()).isEqualTo(Stage.PULL);
    assertThat(standing.why()).contains("ErrImagePull").contains("no such host");
    assertThat(standing.todo()).contains("acme/provision:1").contains("dory-system/silver");
    assertThat(answer(30).text())
        .anyMatch(line -> line.matches("queue +10:00:00 +2s +pod dory-provision-u-1-1"))
        .anyMatch(line -> line.matches("schedule +10:00:02 +1s +node n1"))
        .anyMatch(line -> line.matches("pull +10:00:03 +27s so far +<- here"))
        .anyMatch(line -> line.matches("run +- +- +-"));
  }

  @Test
  void podThatNoNodeTakesStandsAtSchedule() {
    Pod unplaced =
        pod(
            UID,
            1,
            new PodStatusBuilder()
                .withPhase("Pending")
                .addNewCondition()
                .withType("PodScheduled")
                .withStatus("False")
                .withReason("Unschedulable")
                .withMessage("0/3 nodes are available")
                .endCondition());
    unplaced.getSpec().setNodeName(null);
    pods = List.of(unplaced);

    assertThat(standing(60).stage()).isEqualTo(Stage.SCHEDULE);
    assertThat(standing(60).why()).contains("0/3 nodes are available");
    assertThat(standing(60).todo()).contains("provisioner.node-selector");
  }

  @Test
  void runningPodStandsAtRunWithTheCommandThatShowsItsLog() {
    pods =
        List.of(
            pod(
                UID,
                2,
                scheduled(3)
                    .addNewContainerStatus()
                    .withName("provision")
                    .withNewState()
                    .withNewRunning()
                    .withStartedAt(at(5).toString())
                    .endRunning()
                    .endState()
                    .endContainerStatus()));

    assertThat(standing(10).stage()).isEqualTo(Stage.RUN);
    assertThat(standing(10).todo()).isEqualTo("kubectl -n dory-system logs dory-provision-u-1-2");
  }

  @Test
  void finalEndingSaysThatNothingIsTriedUntilSomethingChanges() {
    pods =
        List.of(
            pod(
                UID,
                1,
                scheduled(3)
                    .withPhase("Failed")
                    .addNewContainerStatus()
                    .withName("provision")
                    .withNewState()
                    .withNewTerminated()
                    .withExitCode(2)
                    .withMessage("no such pool")
                    .withStartedAt(at(4).toString())
                    .withFinishedAt(at(6).toString())
                    .endTerminated()
                    .endState()
                    .endContainerStatus()));

    assertThat(standing(10).why()).contains("can never work").contains("no such pool");
    assertThat(standing(10).todo()).contains("when one of them changes");
  }

  @Test
  void boundClaimWhosePodHasGoneShowsItsTimesFromEvents() {
    claim =
        new PersistentVolumeClaimBuilder(bound("data", UID))
            .editMetadata()
            .addNewManagedField()
            .withManager("kube-controller-manager")
            .withTime(at(9).toString())
            .withFieldsV1(phaseWritten())
            .endManagedField()
            .endMetadata()
            .build();
    claimEvents =
        List.of(
            event("data", UID, "Provisioning", 2, "pod made"),
            event("data", UID, "ProvisioningSucceeded", 8, "there"));
    podEvents =
        List.of(
            event("dory-provision-u-1-1", "pod-1", "Scheduled", 3, "assigned"),
            event("dory-provision-u-1-1", "pod-1", "Started", 6, "started"));

    Answer answer = answer(100);

    assertThat(new Explanation(story(), at(100)).standing())
        .isEqualTo(new Standing.Bound("pvc-u-1"));
    assertThat(answer.found()).isFalse();
    assertThat(answer.text())
        .anyMatch(line -> line.matches("queue +10:00:00 +2s +pod dory-provision-u-1-1"))
        .anyMatch(line -> line.matches("pull +10:00:03 +3s +-"))
        .anyMatch(line -> line.matches("run +10:00:06 +2s +-"))
        .anyMatch(line -> line.matches("bind +10:00:08 +1s +volume pvc-u-1"));
  }

  @Test
  void missingClassRefusedConfigMapAndAbsentProvisionerAreToldInThisOrder() {
    ready = Optional.of(0);
    assertThat(standing(5).why()).contains("no flex provisioner is ready");

    definitions =
        List.of(
            definition(
                "silver",
                "{\"state\":\"refused\",\"message\":\"image: is missing\",\"of\":\"x\"}"));
    assertThat(standing(5).why()).contains("was refused: image: is missing");

    definitions = List.of(definition("silver", "{\"state\":\"refused\"}"), definition("rival", ""));
    assertThat(standing(5).why()).contains("dory-system/rival, dory-system/silver");

    definitions = List.of();
    assertThat(standing(5).why()).contains("no provisioner ConfigMap serves class silver");

    storageClass = Optional.empty();
    assertThat(standing(5).why()).isEqualTo("there is no StorageClass silver");
  }

  @Test
  void classThatWaitsForAConsumerSaysSo() {
    storageClass =
        Optional.of(
            storageClass("silver", "dory.storage/flex-provisioner", "WaitForFirstConsumer"));

    assertThat(standing(5).why()).contains("waits for the first pod");
  }

  @Test
  void classOfAnotherProvisionerIsNotOurs() {
    storageClass = Optional.of(storageClass("silver", "rancher.io/local-path", "Immediate"));

    assertThat(standing(5).why()).contains("rancher.io/local-path");
  }

  @Test
  void claimThatCanNeverBeServedSaysWhy() {
    claim.getSpec().setVolumeMode("Block");

    assertThat(standing(5).why()).contains("volumeMode Block");
  }

  private static FieldsV1 phaseWritten() {
    FieldsV1 fields = new FieldsV1();
    fields.setAdditionalProperty("f:status", Map.of("f:phase", Map.of()));
    return fields;
  }

  private Standing.At standing(int second) {
    return (Standing.At) new Explanation(story(), at(second)).standing();
  }

  private Answer answer(int second) {
    return new Explanation(story(), at(second)).answer();
  }

  private Story story() {
    return new Story(
        claim,
        storageClass,
        definitions,
        false,
        pods,
        Optional.empty(),
        claimEvents,
        podEvents,
        ready);
  }

  private static ConfigMap definition(String name, String verdict) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withNamespace("dory-system")
        .withName(name)
        .addToAnnotations("dory.storage/verdict", verdict)
        .endMetadata()
        .build();
  }
}
