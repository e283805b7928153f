// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.control;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.dory.provisioner.catalog.Catalog;
import storage.dory.provisioner.catalog.ConfigMapKey;
import storage.dory.provisioner.catalog.ProvisionerDefinition;
import storage.dory.provisioner.claim.ClaimFacts;
import storage.dory.provisioner.claim.ExpansionState;
import storage.dory.provisioner.claim.NodeFacts;
import storage.dory.provisioner.claim.Step;
import storage.dory.provisioner.claim.Tell;
import storage.dory.provisioner.claim.View;
import storage.dory.provisioner.podrun.Action;
import storage.dory.provisioner.podrun.Order;
import storage.dory.provisioner.podrun.PodFacts;
import storage.dory.provisioner.podrun.ProvisioningPod;
import storage.dory.provisioner.podrun.RecordedOrder;
import storage.dory.provisioner.volume.Bytes;
import storage.dory.provisioner.volume.ClaimRef;
import storage.dory.provisioner.volume.ClaimUid;
import storage.dory.provisioner.volume.Marks;
import storage.dory.provisioner.volume.VolumeFacts;

/** Does one step. Every step may be done again after it was done, or half done, before. */
final class StepDoer {
  private static final Logger log = LoggerFactory.getLogger(StepDoer.class);

  /** The object was changed by somebody: the cache will show it in a moment. */
  private static final Duration STALE = Duration.ofMillis(200);

  /** Somebody who waits for a slot is called; this is for the case that the caller was stopped. */
  private static final Duration SLOT = Duration.ofSeconds(30);

  private final ClaimReconciler.Ports ports;
  private final Catalog catalog;
  private final ProvisioningPod pods;
  private final Sightings sightings;
  private final Refusals refusals;
  private final InstantSource clock;

  StepDoer(
      ClaimReconciler.Ports ports,
      Catalog catalog,
      ProvisioningPod pods,
      Sightings sightings,
      Refusals refusals,
      InstantSource clock) {
    this.refusals = refusals;
    this.clock = clock;
    this.ports = ports;
    this.catalog = catalog;
    this.pods = pods;
    this.sightings = sightings;
  }

  /** Does a step; empty when the next one can follow, else when to come back. */
  Optional<Duration> perform(View view, Step step) {
    return switch (step) {
      case Step.Rest r -> Optional.empty();
      case Step.WaitUntil w -> Optional.empty();
      case Step.ConfirmClaim(var claim) -> {
        if (ports.writer().readClaim(claim).isEmpty()) {
          sightings.claimIsGone(claim.uid());
        }
        yield Optional.empty();
      }
      case Step.ConfirmVolume(ClaimUid uid) -> {
        if (ports.writer().readVolume(uid.volumeName()).isEmpty()) {
          sightings.volumeIsAbsent(uid);
        }
        yield Optional.empty();
      }
      case Step.ReadNode(ClaimUid uid, String name) -> {
        sightings.node(uid, name, ports.writer().readNode(name).map(StepDoer::facts));
        yield Optional.empty();
      }
      case Step.Launch(Order order) -> launch(view, order);
      case Step.GiveSecret(PodFacts pod) -> giveSecret(pod);
      case Step.StopPod(PodFacts pod, String why) -> {
        log.info("pod stopped {} why={}", about(view, pod), why);
        yield settled(ports.writer().deletePod(pod));
      }
      case Step.FinishPod(PodFacts pod) -> finish(view, pod);
      case Step.Adopt(VolumeFacts volume, String definition) -> {
        log.info("volume adopted claim={} volume={}", view.uid(), volume.name());
        yield settled(
            ports
                .writer()
                .markVolume(volume, definition, ports.seal().of(volume.name(), definition)));
      }
      case Step.DeleteVolume(VolumeFacts volume) -> {
        log.info("volume deleted claim={} volume={}", view.uid(), volume.name());
        yield settled(ports.writer().deleteVolume(volume));
      }
      case Step.ReleaseVolume(VolumeFacts volume) -> {
        log.info("volume released claim={} volume={}", view.uid(), volume.name());
        yield settled(ports.writer().releaseVolume(volume));
      }
      case Step.ReportExpansion(ClaimFacts claim, ExpansionState state) -> {
        log.info("expansion claim={} state={}", claim.ref(), state);
        yield told(claim.ref(), "its status", ports.writer().reportExpansion(claim, state));
      }
      case Step.GrowVolume(VolumeFacts volume, Bytes size) -> {
        log.info("volume grown claim={} volume={} size={}", view.uid(), volume.name(), size);
        yield settled(ports.writer().growVolume(volume, size));
      }
      case Step.GiveBackNode(var claim) -> {
        log.info("node given back claim={} node={}", claim.ref(), claim.selectedNode().orElse(""));
        sightings.nodeIsGivenBack(claim.ref().uid());
        yield settled(ports.writer().clearSelectedNode(claim));
      }
      case Step.NoteNodeGivenBack(PodFacts pod) -> settled(ports.writer().noteNodeGivenBack(pod));
    };
  }

  private static NodeFacts facts(Node node) {
    return new NodeFacts(
        node.getMetadata().getName(),
        Optional.ofNullable(node.getMetadata().getLabels()).orElse(Map.of()));
  }

  private Optional<Duration> launch(View view, Order anonymous) {
    Optional<Duration> pause =
        refusals.pause(anonymous, clock.instant()).or(() -> stampToCome(view, anonymous));
    if (pause.isPresent()) {
      // a change of the claim wakes it earlier
      return pause;
    }
    Order order = filed(view, anonymous);
    ConfigMapKey source = order.definition().source();
    String slot = order.namespace() + "/" + order.podName();
    if (!ports.slots().take(source, slot, order.definition().maxPods(), view.uid())) {
      return Optional.of(SLOT);
    }
    return switch (create(order, source, slot)) {
      case Written.Done<Pod>(Pod made) -> {
        refusals.over(order);
        if (order.action() == Action.PROVISION) {
          sightings.volumeMayCome(view.uid());
        }
        log.info(
            "pod made claim={} volume={} pod={} action={} attempt={}",
            order.claim(),
            view.uid().volumeName(),
            slot,
            order.action().word(),
            order.attempt());
        begun(order, slot);
        yield secret(order, made.getMetadata().getUid());
      }
      case Written.Exists<Pod> exists -> existing(order, slot);
      case Written.Absent<Pod> absent -> refused(order, slot, "its namespace is not there");
      case Written.Stale<Pod> stale -> Optional.of(STALE);
      case Written.Rejected<Pod>(String words) -> refused(order, slot, words);
    };
  }

  private Optional<Duration> stampToCome(View view, Order order) {
    return takesFilerFromClaim(order)
        ? ports.view().claim(view.uid()).flatMap(ports.filers()::stillToCome)
        : Optional.empty();
  }

  private static boolean takesFilerFromClaim(Order order) {
    return order.filer().isEmpty() && order.action() == Action.PROVISION;
  }

  /** A request that begins takes the filer from the claim; any other has it on record. */
  private Order filed(View view, Order order) {
    if (!takesFilerFromClaim(order)) {
      return order;
    }
    try {
      return order.filedBy(ports.view().claim(view.uid()).flatMap(ports.filers()::of));
    } catch (FilerCheck.NotYet e) {
      ports.events().tell(Tell.of(order.claim(), Tell.Kind.FAILED, String.valueOf(e.getMessage())));
      throw e;
    }
  }

  private void begun(Order order, String pod) {
    switch (order.action()) {
      case PROVISION ->
          ports
              .events()
              .tell(
                  Tell.of(
                      order.claim(),
                      Tell.Kind.PROVISIONING,
                      "provisioning pod " + pod + " has been made"));
      case EXPAND ->
          ports
              .events()
              .tell(
                  Tell.of(
                      order.claim(),
                      Tell.Kind.RESIZING,
                      "pod " + pod + " grows the volume to " + order.wish().size().quantity()));
      case DELETE -> {
        // the claim has gone, and nobody reads events of a volume that goes as it should
      }
    }
  }

  private static Tell.Kind failure(Action action) {
    return switch (action) {
      case PROVISION -> Tell.Kind.FAILED;
      case EXPAND -> Tell.Kind.RESIZE_FAILED;
      case DELETE -> Tell.Kind.CLEANUP_FAILED;
    };
  }

  private Written<Pod> create(Order order, ConfigMapKey source, String slot) {
    try {
      return ports.writer().createPod(pods.pod(order));
    } catch (RuntimeException e) {
      // if it was made all the same, the cache will say so and count it
      ports.slots().ended(source, slot);
      throw e;
    }
  }

  /** A pod of that name is there: ours, which the cache does not show yet, or a stranger. */
  private Optional<Duration> existing(Order order, String slot) {
    Optional<Pod> found = ports.writer().readPod(order.namespace(), order.podName());
    boolean ours =
        found
            .map(pod -> pod.getMetadata().getLabels())
            .filter(labels -> order.claim().uid().value().equals(labels.get(Marks.REQUEST)))
            .isPresent();
    if (found.isPresent() && !ours) {
      return refused(order, slot, "a pod of that name is there that is not ours");
    }
    if (found.isEmpty()) {
      return Optional.of(STALE);
    }
    // one that was let go, and that only its silent node keeps, leaves its name late
    return found.get().getMetadata().getFinalizers().contains(Marks.POD_FINALIZER)
        ? Optional.empty()
        : Optional.of(SLOT);
  }

  private Optional<Duration> refused(Order order, String pod, String words) {
    ports.slots().ended(order.definition().source(), pod);
    Instant now = clock.instant();
    String said = "pod " + pod + " cannot be made: " + words + "; " + refusals.refused(order, now);
    log.warn("pod refused claim={} why={}", order.claim(), said);
    ports.events().tell(Tell.of(order.claim(), failure(order.action()), said));
    return refusals.pause(order, now);
  }

  private Optional<Duration> giveSecret(PodFacts pod) {
    Optional<RecordedOrder> record = RecordedOrder.read(pod.definition());
    if (record.isEmpty()) {
      throw new IllegalStateException("the record on pod " + pod.name() + " cannot be read");
    }
    Optional<String> token =
        catalog
            .lastGood(new ConfigMapKey(record.get().namespace(), record.get().configMap()))
            .flatMap(ProvisionerDefinition::serviceToken);
    return secret(record.get().order(pod, token), pod.objectUid());
  }

  private Optional<Duration> secret(Order order, String podUid) {
    Written<Secret> written = ports.writer().putSecret(pods.secret(order, podUid));
    if (written instanceof Written.Rejected<Secret>(String words)) {
      ports
          .events()
          .tell(
              Tell.of(
                  order.claim(),
                  failure(order.action()),
                  "Secret " + order.secretName() + " cannot be made: " + words));
      throw new IllegalStateException("Secret " + order.secretName() + " cannot be made: " + words);
    }
    if (written instanceof Written.Done<Secret>) {
      sightings.secretGiven(podUid);
      return Optional.empty();
    }
    return Optional.of(STALE);
  }

  private Optional<Duration> finish(View view, PodFacts pod) {
    log.info(
        "pod finished {} outcome={}", about(view, pod), pod.outcome().getClass().getSimpleName());
    if (!pod.finalizers().contains(Marks.POD_FINALIZER)) {
      return pod.deleting() ? Optional.empty() : settled(ports.writer().deletePod(pod));
    }
    Written<Pod> released = ports.writer().releasePod(pod);
    if (pod.deleting() || !(released instanceof Written.Done<Pod>(Pod now))) {
      return settled(released);
    }
    return settled(
        ports
            .writer()
            .deletePod(pod.released(String.valueOf(now.getMetadata().getResourceVersion()))));
  }

  /** As {@link #settled}; the owner of the claim reads why it is not allowed. */
  private <T> Optional<Duration> told(ClaimRef claim, String what, Written<T> written) {
    if (written instanceof Written.Rejected<T>(String words)) {
      ports
          .events()
          .tell(Tell.of(claim, Tell.Kind.RESIZE_FAILED, what + " cannot be written: " + words));
    }
    return settled(written);
  }

  private static <T> Optional<Duration> settled(Written<T> written) {
    return switch (written) {
      case Written.Done<T> done -> Optional.empty();
      case Written.Absent<T> absent -> Optional.empty();
      case Written.Exists<T> exists -> Optional.of(STALE);
      case Written.Stale<T> stale -> Optional.of(STALE);
      case Written.Rejected<T>(String words) ->
          throw new IllegalStateException("the API server does not allow it: " + words);
    };
  }

  private static String about(View view, PodFacts pod) {
    return "claim="
        + pod.claim()
        + " volume="
        + view.uid().volumeName()
        + " pod="
        + pod.namespace()
        + "/"
        + pod.name();
  }
}
