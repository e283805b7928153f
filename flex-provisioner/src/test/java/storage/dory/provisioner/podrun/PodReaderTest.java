// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.podrun;

import static org.assertj.core.api.Assertions.assertThat;
import static storage.dory.provisioner.fakes.Samples.START;
import static storage.dory.provisioner.fakes.Samples.definition;
import static storage.dory.provisioner.fakes.Samples.deleted;
import static storage.dory.provisioner.fakes.Samples.ended;
import static storage.dory.provisioner.fakes.Samples.made;
import static storage.dory.provisioner.fakes.Samples.order;
import static storage.dory.provisioner.fakes.Samples.running;
import static storage.dory.provisioner.fakes.Samples.waiting;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PodReaderTest {
  private static final Instant LATER = START.plusSeconds(30);

  private final Pod pod = made(order(Action.PROVISION, 3, definition(Map.of())));

  @Test
  void saysWhichRequestItIsOf() {
    PodFacts facts = facts(pod, LATER);

    assertThat(facts.claim().toString()).isEqualTo("users/data");
    assertThat(facts.action()).isEqualTo(Action.PROVISION);
    assertThat(facts.attempt()).isEqualTo(3);
    assertThat(facts.since()).isEqualTo(1);
    assertThat(RecordedOrder.read(facts.definition())).isPresent();
    assertThat(facts.outcome()).isEqualTo(new PodOutcome.NotStarted());
    assertThat(facts.mayHaveRun()).isFalse();
  }

  @Test
  void podOfNobodyIsNotRead() {
    Pod stranger = new PodBuilder(pod).editMetadata().withLabels(Map.of()).endMetadata().build();

    assertThat(PodReader.read(stranger, LATER)).isEmpty();
  }

  @Test
  void exitCodesMeanWhatTheContractSays() {
    assertThat(outcome(ended(pod, 0, ""))).isEqualTo(new PodOutcome.Succeeded());
    assertThat(outcome(ended(pod, 2, "no such zone\n")))
        .isEqualTo(new PodOutcome.Final("no such zone (exit code 2)"));
    assertThat(outcome(ended(pod, 3, "")))
        .isEqualTo(new PodOutcome.Reschedule("exit code 3, the pod said nothing"));
    assertThat(outcome(ended(pod, 1, "array\tis\nbusy")))
        .isEqualTo(new PodOutcome.Failed("array is busy (exit code 1)"));
  }

  @Test
  void secretsOfThePodAreStruckOutOfItsWords() {
    Pod handed = made(order(Action.PROVISION, 1, definition(Map.of("password", "correct horse"))));

    assertThat(outcome(ended(handed, 1, "login with correct horse failed, token=abc")))
        .isEqualTo(new PodOutcome.Failed("login with *** failed, token=*** (exit code 1)"));
  }

  @Test
  void deadlineIsAFailureWhateverTheContainerExitedWith() {
    Pod late =
        new PodBuilder(ended(pod, 2, ""))
            .editStatus()
            .withReason("DeadlineExceeded")
            .withMessage("Pod was active on the node longer than the specified deadline")
            .endStatus()
            .build();

    assertThat(outcome(late))
        .isEqualTo(
            new PodOutcome.Failed(
                "DeadlineExceeded: Pod was active on the node longer than the specified deadline"));
  }

  @Test
  void whatWasCutOffIsQuietLaterThanItEnded() {
    Instant end = facts(ended(pod, 1, ""), LATER).finished();

    assertThat(facts(ended(pod, 1, ""), LATER).quiet()).isEqualTo(end);
    assertThat(facts(ended(pod, 2, ""), LATER).quiet()).isEqualTo(end);
    assertThat(facts(ended(pod, 4, ""), LATER).quiet()).isEqualTo(end.plusSeconds(120));
    assertThat(facts(ended(pod, 143, ""), LATER).quiet()).isEqualTo(end.plusSeconds(120));
    assertThat(facts(ended(pod, 255, ""), LATER).quiet()).isEqualTo(end.plusSeconds(120));
  }

  @Test
  void podOfWhichOnlyThePhaseSaysThatItSucceededWasNotCutOff() {
    Pod done =
        new PodBuilder(pod)
            .editSpec()
            .withNodeName("node-1")
            .endSpec()
            .withNewStatus()
            .withPhase("Succeeded")
            .endStatus()
            .build();

    assertThat(outcome(done)).isEqualTo(new PodOutcome.Succeeded());
    assertThat(facts(done, LATER).quiet()).isEqualTo(facts(done, LATER).finished());
  }

  @Test
  void evictionWithoutAContainerIsAFailureInKubeletsWords() {
    Pod evicted =
        new PodBuilder(pod)
            .editSpec()
            .withNodeName("node-1")
            .endSpec()
            .withNewStatus()
            .withPhase("Failed")
            .withReason("Evicted")
            .withMessage("The node was low on resource: memory.")
            .endStatus()
            .build();

    assertThat(outcome(evicted))
        .isEqualTo(new PodOutcome.Failed("Evicted: The node was low on resource: memory."));
    assertThat(facts(evicted, LATER).mayHaveRun()).isTrue();
  }

  @Test
  void imageTroubleIsToldAtOnceAndDoesNotEndThePod() {
    Pod stuck = waiting(pod, "ErrImagePull", "manifest unknown");

    PodFacts facts = facts(stuck, START.plusSeconds(1));
    assertThat(facts.outcome())
        .isEqualTo(new PodOutcome.ImageTrouble("ErrImagePull: manifest unknown"));
    assertThat(facts.ended()).isFalse();
    assertThat(facts.mayHaveRun()).isFalse();
  }

  @Test
  void missingSecretOfAYoungPodIsNoTroubleYet() {
    Pod early = waiting(pod, "CreateContainerConfigError", "secret not found");

    assertThat(facts(early, START.plusSeconds(2)).outcome()).isEqualTo(new PodOutcome.NotStarted());
    assertThat(facts(early, LATER).outcome()).isInstanceOf(PodOutcome.ImageTrouble.class);
  }

  @Test
  void podThatNoNodeTakesSaysSoInTheSchedulersWords() {
    Pod homeless =
        new PodBuilder(pod)
            .editStatus()
            .withConditions(
                new PodConditionBuilder()
                    .withType("PodScheduled")
                    .withStatus("False")
                    .withMessage("0/3 nodes are available")
                    .build())
            .endStatus()
            .build();

    assertThat(outcome(homeless))
        .isEqualTo(new PodOutcome.Unschedulable("0/3 nodes are available"));
  }

  @Test
  void deletedPodHasEndedOnlyWhenItsContainerHas() {
    Pod going = deleted(running(pod), START.plusSeconds(35));

    assertThat(facts(going, START.plusSeconds(32)).outcome()).isEqualTo(new PodOutcome.Running());
    assertThat(facts(deleted(ended(pod, 143, ""), LATER), LATER).ended()).isTrue();
  }

  @Test
  void nodeThatIsSilentAMinuteAfterTheGraceIsLost() {
    Pod lost = deleted(running(pod), START.plusSeconds(35));

    assertThat(facts(lost, START.plusSeconds(94)).ended()).isFalse();
    PodFacts facts = facts(lost, START.plusSeconds(95));
    assertThat(facts.outcome()).isInstanceOf(PodOutcome.Failed.class);
    assertThat(facts.mayHaveRun()).isTrue();
  }

  @Test
  void podWithoutAnImageThatKubeletHasLetGoOfNeverRan() {
    Pod stuck =
        new PodBuilder(deleted(waiting(pod, "ErrImagePull", "manifest unknown"), START))
            .editOrNewSpec()
            .withNodeName("n1")
            .endSpec()
            .build();
    Instant later = START.plusSeconds(120);

    assertThat(facts(withGrace(stuck, 5), later).mayHaveRun()).isTrue();
    PodFacts letGo = facts(withGrace(stuck, 0), later);
    assertThat(letGo.ended()).isTrue();
    assertThat(letGo.mayHaveRun()).isFalse();
    assertThat(letGo.quiet()).isEqualTo(letGo.finished());
  }

  @Test
  void podDeletedBeforeAnyNodeTookItHasEndedAndNeverRan() {
    PodFacts facts = facts(withGrace(deleted(pod, LATER), 0), LATER);

    assertThat(facts.ended()).isTrue();
    assertThat(facts.mayHaveRun()).isFalse();
  }

  @Test
  void podThatWeHaveDeletedWhileTheCacheShowedNoNodeMayRunAllTheSame() {
    assertThat(facts(withGrace(deleted(pod, LATER), 5), LATER).ended()).isFalse();
  }

  private static Pod withGrace(Pod pod, long seconds) {
    return new PodBuilder(pod)
        .editMetadata()
        .withDeletionGracePeriodSeconds(seconds)
        .endMetadata()
        .build();
  }

  private static PodOutcome outcome(Pod pod) {
    return facts(pod, LATER).outcome();
  }

  private static PodFacts facts(Pod pod, Instant now) {
    return PodReader.read(pod, now).orElseThrow();
  }
}
