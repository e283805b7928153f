// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static storage.dory.provisioner.fakes.Samples.CLAIM;
import static storage.dory.provisioner.fakes.Samples.START;
import static storage.dory.provisioner.fakes.Samples.UID;
import static storage.dory.provisioner.fakes.Samples.definition;
import static storage.dory.provisioner.fakes.Samples.ended;
import static storage.dory.provisioner.fakes.Samples.made;
import static storage.dory.provisioner.fakes.Samples.running;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimCondition;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimConditionBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import storage.dory.provisioner.catalog.BindingMode;
import storage.dory.provisioner.catalog.InForce;
import storage.dory.provisioner.catalog.ProvisionerDefinition;
import storage.dory.provisioner.fakes.FakeControlPlane;
import storage.dory.provisioner.podrun.Action;
import storage.dory.provisioner.podrun.Order;
import storage.dory.provisioner.podrun.PodReader;
import storage.dory.provisioner.podrun.RecordedOrder;
import storage.dory.provisioner.volume.Bytes;
import storage.dory.provisioner.volume.Marks;
import storage.dory.provisioner.volume.VolumeFacts;
import storage.dory.provisioner.volume.VolumeReader;
import storage.dory.provisioner.volume.VolumeWish;

/** Every ending of an expansion, and every point at which a provisioner may have been killed. */
class ExpansionPlannerTest {
  private static final Duration LONG = Duration.ofHours(2);
  private static final Bytes TEN = new Bytes(10 << 20);
  private static final Bytes TWENTY = new Bytes(20 << 20);
  private static final Bytes THIRTY = new Bytes(30 << 20);

  private final Planner planner = Planner.withUsualBackoff();
  private final List<Pod> pods = new ArrayList<>();
  private final List<PersistentVolumeClaimCondition> conditions = new ArrayList<>();
  private ProvisionerDefinition definition = definition(Map.of());
  private Optional<InForce> inForce = Optional.empty();
  private Set<String> trusted = Set.of("dory-system");
  private Bytes asked = TWENTY;
  private Bytes told = TEN;
  private Bytes real = TEN;
  private boolean deleting;
  private boolean bare;
  private Optional<Sight<ClaimFacts>> away = Optional.empty();

  @Test
  void claimThatHasWhatItAsksForIsLeftAlone() {
    asked = TEN;

    assertThat(step()).isInstanceOf(Step.Rest.class);
  }

  @Test
  void claimThatGrewIsToldFirstAndThenGetsAPodWithItsNewSize() {
    assertThat(step()).isEqualTo(new Step.ReportExpansion(claim(), new ExpansionState.Begun()));

    conditions.add(condition(ExpansionState.RESIZING));
    Order order = launched();

    assertThat(order.action()).isEqualTo(Action.EXPAND);
    assertThat(order.podName()).isEqualTo("dory-expand-" + UID + "-1");
    assertThat(order.wish().size()).isEqualTo(TWENTY);
    assertThat(order.claim()).isEqualTo(CLAIM);
  }

  @Test
  void claimThatAsksForLessThanItsVolumeHasGetsNoPod() {
    asked = new Bytes(5 << 20);

    assertThat(step()).isInstanceOf(Step.Rest.class);
  }

  @Test
  void volumeThatWasLargerAllAlongIsOnlyTold() {
    real = THIRTY;

    assertThat(step())
        .isEqualTo(new Step.ReportExpansion(claim(), new ExpansionState.Done(THIRTY)));
  }

  @Test
  void volumeThatIsNotOfUsIsNeverExpanded() {
    bare = true;

    assertThat(step()).isInstanceOf(Step.Rest.class);
  }

  @Test
  void claimThatIsBeingDeletedIsNotExpanded() {
    deleting = true;

    assertThat(step()).isInstanceOf(Step.Rest.class);
  }

  @Test
  void successIsWrittenOnTheClaimThenOnTheVolumeAndThenThePodGoes() {
    conditions.add(condition(ExpansionState.RESIZING));
    pod(1, pod -> ended(pod, 0, ""));

    assertThat(step())
        .isEqualTo(new Step.ReportExpansion(claim(), new ExpansionState.Done(TWENTY)));
    told = TWENTY;
    conditions.clear();
    assertThat(step()).isEqualTo(new Step.GrowVolume(volume(), TWENTY));
    real = TWENTY;
    Plan plan = at(LONG);
    assertThat(plan.step()).isInstanceOf(Step.FinishPod.class);
    assertThat(plan.tells().getFirst().kind()).isEqualTo(Tell.Kind.RESIZED);
    pods.clear();
    assertThat(step()).isInstanceOf(Step.Rest.class);
  }

  @Test
  void whereKubeletGrowsTheFileSystemTheVolumeIsFirstAndTheClaimWaits() {
    definition = definition(Map.of("provisioner.node-expansion", "true"));
    conditions.add(condition(ExpansionState.RESIZING));
    pod(1, pod -> ended(pod, 0, ""));

    assertThat(step()).isEqualTo(new Step.GrowVolume(volume(), TWENTY));
    real = TWENTY;
    assertThat(step()).isEqualTo(new Step.ReportExpansion(claim(), new ExpansionState.NodeNext()));
    conditions.clear();
    conditions.add(condition(ExpansionState.NODE_RESIZES));
    assertThat(at(LONG).tells().getFirst().kind()).isEqualTo(Tell.Kind.NODE_RESIZES);
    pods.clear();
    assertThat(step()).as("kubelet's turn").isInstanceOf(Step.Rest.class);
  }

  @Test
  void claimThatGrewAgainMeanwhileGetsItsPodAfterTheFirstIsSettled() {
    conditions.add(condition(ExpansionState.RESIZING));
    pod(1, pod -> running(pod));
    asked = THIRTY;
    assertThat(at(Duration.ofSeconds(1)).step()).isInstanceOf(Step.WaitUntil.class);

    pods.clear();
    asked = TWENTY;
    pod(1, pod -> ended(pod, 0, ""));
    asked = THIRTY;
    assertThat(step())
        .isEqualTo(new Step.ReportExpansion(claim(), new ExpansionState.Done(TWENTY)));
    told = TWENTY;
    real = TWENTY;
    pods.clear();
    assertThat(launched().wish().size()).isEqualTo(THIRTY);
  }

  @Test
  void podsOfOneNameHaveSecretsOfTheirOwn() {
    conditions.add(condition(ExpansionState.RESIZING));
    Order first = launched();
    asked = THIRTY;
    Order second = launched();

    assertThat(first.podName()).isEqualTo(second.podName());
    assertThat(first.secretName()).isNotEqualTo(second.secretName());
  }

  @Test
  void failureIsToldAndTriedAgainAfterTheBackOff() {
    pod(1, pod -> ended(pod, 1, "array is busy"));

    Plan early = at(Duration.ofSeconds(1));
    assertThat(early.step()).isInstanceOf(Step.WaitUntil.class);
    assertThat(early.tells().getFirst())
        .isEqualTo(
            Tell.of(
                CLAIM,
                Tell.Kind.RESIZE_FAILED,
                "attempt 1 of 15 to expand failed: array is busy (exit code 1); tried again after"
                    + " 1 s"));
    assertThat(launched().attempt()).isEqualTo(2);
  }

  @Test
  void attemptsThatAreUsedUpAreTold() {
    definition = definition(Map.of("provisioner.attempts", "1"));
    pod(1, pod -> ended(pod, 1, "array is busy"));

    assertThat(step()).isInstanceOf(Step.Rest.class);
    assertThat(words()).contains("attempt 1 of 1").contains("tried again when");
  }

  @Test
  void finalRefusalRestsUntilTheClaimOrTheConfigMapChanges() {
    pod(1, pod -> ended(pod, 2, "not supported"));
    assertThat(step()).isInstanceOf(Step.Rest.class);
    assertThat(words()).startsWith("it can never work: not supported");

    asked = THIRTY;
    assertThat(launched().since()).isEqualTo(2);
    asked = TWENTY;
    definition = definition(Map.of("zone", "z2"));
    assertThat(launched().attempt()).isEqualTo(2);
  }

  @Test
  void nodeThatCannotIsShunned() {
    pod(1, pod -> ended(pod, 3, "no path to the array"));

    assertThat(launched().whereabouts().shunned()).contains("node-1");
  }

  @Test
  void claimThatWentBackToItsSizeIsFreedOfItsFailedPod() {
    conditions.add(condition(ExpansionState.RESIZING));
    pod(1, pod -> ended(pod, 1, "array is full"));
    asked = TEN;

    assertThat(step()).isEqualTo(new Step.ReportExpansion(claim(), new ExpansionState.Done(TEN)));
    conditions.clear();
    assertThat(step()).isInstanceOf(Step.FinishPod.class);
  }

  @Test
  void podOfAClaimThatHasGoneIsStoppedBeforeItsVolumeIsDeleted() {
    pod(1, pod -> running(pod));
    away = Optional.of(new Sight.Gone<>());
    assertThat(step()).isInstanceOf(Step.StopPod.class);

    pods.clear();
    pod(1, pod -> ended(pod, 143, ""));
    assertThat(step()).isInstanceOf(Step.FinishPod.class);
  }

  @Test
  void expansionWorksWithoutConfigMapByWhatTheVolumeRecords() {
    conditions.add(condition(ExpansionState.RESIZING));
    inForce = Optional.of(new InForce.None());
    assertThat(launched().definition().image()).isEqualTo("example/provision:1");

    trusted = Set.of("elsewhere");
    assertThat(step()).isInstanceOf(Step.Rest.class);
    assertThat(words()).contains("add the ConfigMap again");
  }

  private void pod(int attempt, UnaryOperator<Pod> state) {
    Order order =
        new Order(
            Action.EXPAND,
            attempt,
            1,
            CLAIM,
            new VolumeWish(UID, "silver", asked, List.of("ReadWriteOnce"), "Filesystem"),
            "Delete",
            Order.Whereabouts.any(),
            Orders.expand(view(START), claim(), volume(), attempt, 1, Optional.empty())
                .orElseThrow()
                .inputs(),
            Map.of(),
            attempt > 1,
            definition);
    pods.add(state.apply(made(order)));
  }

  private static PersistentVolumeClaimCondition condition(String type) {
    return new PersistentVolumeClaimConditionBuilder().withType(type).withStatus("True").build();
  }

  private Plan at(Duration after) {
    Instant now = START.plus(after);
    return planner.plan(view(now), now);
  }

  private Step step() {
    return at(LONG).step();
  }

  private String words() {
    assertThat(at(LONG).tells().getFirst().kind()).isEqualTo(Tell.Kind.RESIZE_FAILED);
    return at(LONG).tells().getFirst().message();
  }

  private Order launched() {
    assertThat(step()).isInstanceOf(Step.Launch.class);
    return ((Step.Launch) step()).order();
  }

  private ClaimFacts claim() {
    return new ClaimFacts(
        CLAIM,
        false,
        deleting,
        true,
        Optional.of(UID.volumeName()),
        Optional.of("silver"),
        Optional.empty(),
        Optional.of(asked),
        "",
        new ClaimCapacity(Optional.of(told), conditions),
        List.of("ReadWriteOnce"),
        "Filesystem",
        false,
        Optional.empty(),
        Map.of(),
        "3");
  }

  private VolumeFacts volume() {
    PersistentVolume volume =
        FakeControlPlane.volume(
            Map.of(
                "pv-name", UID.volumeName(),
                "access-modes", "ReadWriteOnce",
                "size", real.quantity(),
                "storage-class", "silver",
                "reclaim-policy", "Delete",
                "pvc-name", "data",
                "pvc-namespace", "users",
                "pvc-uid", UID.value()));
    return believed(
        new PersistentVolumeBuilder(volume)
            .editMetadata()
            .withFinalizers(Marks.VOLUME_FINALIZER)
            .withAnnotations(
                bare
                    ? Map.of()
                    : Map.of(
                        Marks.PROVISIONED_BY,
                        Marks.PROVISIONER,
                        Marks.DEFINITION,
                        RecordedOrder.of(
                                storage.dory.provisioner.fakes.Samples.order(
                                    Action.PROVISION, 1, definition(Map.of())))
                            .text()))
            .endMetadata()
            .editSpec()
            .withCapacity(Map.of("storage", new Quantity(real.quantity())))
            .endSpec()
            .build());
  }

  private View view(Instant now) {
    return new View(
        UID,
        away.orElseGet(() -> new Sight.Seen<>(claim())),
        new Sight.Seen<>(volume()),
        Optional.empty(),
        new Sight.Unseen<>(),
        pods.stream().map(pod -> PodReader.read(pod, now).orElseThrow()).toList(),
        Optional.of(
            new ClassFacts(
                "silver", Marks.PROVISIONER, BindingMode.IMMEDIATE, "Delete", Map.of(), List.of())),
        inForce.orElseGet(() -> new InForce.One(definition)),
        trusted,
        Set.of());
  }

  private static VolumeFacts believed(PersistentVolume volume) {
    return VolumeReader.read(volume).believed(true);
  }
}
