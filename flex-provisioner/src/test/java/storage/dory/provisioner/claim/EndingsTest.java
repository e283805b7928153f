// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static storage.dory.provisioner.fakes.Samples.CLAIM;
import static storage.dory.provisioner.fakes.Samples.START;
import static storage.dory.provisioner.fakes.Samples.UID;
import static storage.dory.provisioner.fakes.Samples.definition;
import static storage.dory.provisioner.fakes.Samples.deleted;
import static storage.dory.provisioner.fakes.Samples.ended;
import static storage.dory.provisioner.fakes.Samples.made;
import static storage.dory.provisioner.fakes.Samples.running;
import static storage.dory.provisioner.fakes.Samples.waiting;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import storage.dory.provisioner.catalog.BindingMode;
import storage.dory.provisioner.catalog.InForce;
import storage.dory.provisioner.catalog.ProvisionerDefinition;
import storage.dory.provisioner.fakes.FakeControlPlane;
import storage.dory.provisioner.podrun.Order;
import storage.dory.provisioner.podrun.PodReader;
import storage.dory.provisioner.volume.Bytes;
import storage.dory.provisioner.volume.Marks;
import storage.dory.provisioner.volume.VolumeFacts;
import storage.dory.provisioner.volume.VolumeReader;

/**
 * What the owner of a claim reads after each ending of its pod, from the pod as kubelet left it.
 */
class EndingsTest {
  private final Planner planner = Planner.withUsualBackoff();
  private final ProvisionerDefinition definition = definition(Map.of());
  private Sight<VolumeFacts> volume = new Sight.Unseen<>();
  private boolean claimGone;

  @Test
  void deadline() {
    Pod pod =
        new PodBuilder(ended(first(), 137, "copying block 7"))
            .editStatus()
            .withReason("DeadlineExceeded")
            .withMessage("Pod was active on the node longer than the specified deadline")
            .endStatus()
            .build();

    assertThat(told(pod))
        .isEqualTo(
            "attempt 1 of 15 failed: copying block 7 (DeadlineExceeded: Pod was active on the node"
                + " longer than the specified deadline); tried again after 1 s");
  }

  @Test
  void eviction() {
    Pod pod =
        new PodBuilder(running(first()))
            .editStatus()
            .withPhase("Failed")
            .withReason("Evicted")
            .withMessage("The node was low on resource: memory.")
            .withContainerStatuses(List.of())
            .endStatus()
            .build();

    assertThat(told(pod)).contains("failed: Evicted: The node was low on resource: memory.;");
  }

  @Test
  void nodeLost() {
    Pod pod = deleted(running(first()), START);

    assertThat(plan(pod, Duration.ofSeconds(59)).step()).isInstanceOf(Step.WaitUntil.class);
    assertThat(plan(pod, Duration.ofSeconds(61)).tells().getFirst().message())
        .contains("the pod was deleted and its node does not say that it has ended");
  }

  @Test
  void imageNotPullableIsToldAtOnce() {
    Pod pod = waiting(first(), "ErrImagePull", "manifest for acme/x:9 not found");

    Plan plan = plan(pod, Duration.ofSeconds(1));
    assertThat(plan.step()).as("kubelet tries again").isInstanceOf(Step.WaitUntil.class);
    assertThat(plan.tells())
        .containsExactly(
            Tell.of(
                CLAIM,
                Tell.Kind.FAILED,
                "pod "
                    + pod.getMetadata().getName()
                    + " cannot start: ErrImagePull: manifest for acme/x:9 not found"));
  }

  @Test
  void podThatItsNodeTurnsAway() {
    Pod pod =
        new PodBuilder(first())
            .editSpec()
            .withNodeName("node-1")
            .endSpec()
            .editStatus()
            .withPhase("Failed")
            .withReason("OutOfcpu")
            .withMessage("Pod Node didn't have enough resource: cpu")
            .endStatus()
            .build();

    assertThat(told(pod)).contains("OutOfcpu: Pod Node didn't have enough resource: cpu");
  }

  @Test
  void podDeletedBySomeone() {
    Pod pod = deleted(ended(first(), 143, ""), START.plusSeconds(5));

    assertThat(told(pod)).contains("attempt 1 of 15 failed: exit code 143, the pod said nothing");
  }

  @Test
  void successWithoutVolume() {
    volume = new Sight.Gone<>();

    assertThat(told(ended(first(), 0, "")))
        .contains("ended with exit code 0, but there is no PersistentVolume " + UID.volumeName());
  }

  @Test
  void volumeOfTheWrongSize() {
    volume = seen(Map.of("size", "1Mi"));

    assertThat(told(ended(first(), 0, ""))).contains("its capacity is 1048576 bytes, less than");
  }

  @Test
  void volumeOfTheWrongClass() {
    volume = seen(Map.of("storage-class", "gold"));

    assertThat(told(ended(first(), 0, ""))).contains("its storageClassName is 'gold'");
  }

  @Test
  void volumeOfTheWrongClaim() {
    volume = seen(Map.of("pvc-uid", "another"));

    assertThat(told(ended(first(), 0, "")))
        .contains("its claimRef names claim users/data with uid");
  }

  @Test
  void refusalForGood() {
    assertThat(told(ended(first(), 2, "no such tier")))
        .isEqualTo(
            "it can never work: no such tier (exit code 2); tried again when claim, class or"
                + " ConfigMap change");
  }

  @Test
  void containerThatRanOutOfMemory() {
    Pod pod = ended(first(), 137, "");
    pod.getStatus()
        .getContainerStatuses()
        .getFirst()
        .getState()
        .getTerminated()
        .setReason("OOMKilled");

    assertThat(told(pod)).contains("OOMKilled, exit code 137");
  }

  @Test
  void claimDeletedWhileItsPodRuns() {
    claimGone = true;
    volume = new Sight.Gone<>();

    assertThat(plan(running(first()), Duration.ofSeconds(1)).step())
        .isInstanceOf(Step.StopPod.class);
    Plan plan = plan(ended(first(), 143, ""), Duration.ofSeconds(9));
    assertThat(plan.step())
        .isInstanceOfSatisfying(
            Step.Launch.class,
            launch -> assertThat(launch.order().podName()).isEqualTo("dory-delete-" + UID + "-1"));
  }

  private Pod first() {
    View view = view(List.of());
    Orders.Basis.Usable basis = (Orders.Basis.Usable) Orders.basis(view, claim());
    Order order = Orders.provision(view, claim(), basis, 1, 1, Order.Whereabouts.any());
    return made(order);
  }

  private String told(Pod pod) {
    Plan plan = plan(pod, Duration.ofMillis(1500));
    assertThat(plan.tells()).hasSize(1);
    assertThat(plan.tells().getFirst().kind()).isEqualTo(Tell.Kind.FAILED);
    assertThat(plan.tells().getFirst().subject()).isEqualTo(new Tell.Subject.OfClaim(CLAIM));
    return plan.tells().getFirst().message();
  }

  private Plan plan(Pod pod, Duration after) {
    Instant now = START.plus(after);
    return planner.plan(view(List.of(PodReader.read(pod, now).orElseThrow())), now);
  }

  private static Sight<VolumeFacts> seen(Map<String, String> other) {
    Map<String, String> properties =
        new java.util.TreeMap<>(
            Map.of(
                "pv-name", UID.volumeName(),
                "access-modes", "ReadWriteOnce",
                "size", "10Mi",
                "storage-class", "silver",
                "reclaim-policy", "Delete",
                "pvc-name", "data",
                "pvc-namespace", "users",
                "pvc-uid", UID.value()));
    properties.putAll(other);
    return new Sight.Seen<>(VolumeReader.read(FakeControlPlane.volume(properties)));
  }

  private static ClaimFacts claim() {
    return new ClaimFacts(
        CLAIM,
        true,
        false,
        true,
        Optional.empty(),
        Optional.of("silver"),
        Optional.empty(),
        Optional.of(new Bytes(10 << 20)),
        "10Mi",
        ClaimCapacity.unknown(),
        List.of("ReadWriteOnce"),
        "Filesystem",
        false,
        Optional.empty(),
        Map.of(),
        "3");
  }

  private View view(List<storage.dory.provisioner.podrun.PodFacts> pods) {
    return new View(
        UID,
        claimGone ? new Sight.Gone<>() : new Sight.Seen<>(claim()),
        volume,
        Optional.empty(),
        new Sight.Unseen<>(),
        pods,
        Optional.of(
            new ClassFacts(
                "silver", Marks.PROVISIONER, BindingMode.IMMEDIATE, "Delete", Map.of(), List.of())),
        new InForce.One(definition),
        Set.of("dory-system"),
        Set.of("uid-of-dory-provision-" + UID + "-1"));
  }
}
