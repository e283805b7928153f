// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.control;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.dory.provisioner.catalog.Catalog;
import storage.dory.provisioner.catalog.ConfigMapKey;
import storage.dory.provisioner.claim.Plan;
import storage.dory.provisioner.claim.Planner;
import storage.dory.provisioner.claim.Sight;
import storage.dory.provisioner.claim.Step;
import storage.dory.provisioner.claim.View;
import storage.dory.provisioner.podrun.PodFacts;
import storage.dory.provisioner.podrun.ProvisioningPod;
import storage.dory.provisioner.reconcile.Backoff;
import storage.dory.provisioner.reconcile.Reconciler;
import storage.dory.provisioner.volume.ClaimUid;

/**
 * Brings one request forward: looks, decides, does the step, and looks again. Holds nothing that a
 * restart would miss.
 */
public final class ClaimReconciler implements Reconciler<ClaimUid> {
  private static final Logger log = LoggerFactory.getLogger(ClaimReconciler.class);

  /** More steps than any way of a request has between two waits. */
  private static final int MOST_STEPS = 20;

  /** After a write the caches are looked at once more, in case an event got lost with a watch. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(40);

  private final ViewBuilder views;
  private final Planner planner;
  private final StepDoer doer;
  private final Refusals refusals;
  private final Ports ports;
  private final Sightings sightings;
  private final Tally tally;
  private final InstantSource clock;
  private final FirstLook firstLook;
  private final PodTokens tokens;

  /** Works on what the ports show and take. */
  public ClaimReconciler(
      Ports ports, Catalog catalog, Planner planner, ProvisioningPod pods, InstantSource clock) {
    this.sightings = new Sightings();
    this.views = new ViewBuilder(ports.view(), catalog, sightings, ports.seal());
    this.planner = planner;
    this.refusals = new Refusals(new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5)));
    this.doer = new StepDoer(ports, catalog, pods, sightings, refusals, clock);
    this.ports = ports;
    this.tally = new Tally(ports.meter());
    this.clock = clock;
    this.tokens = new PodTokens(ports.writer()::readSecret);
    this.firstLook = new FirstLook(ports.writer()::readPods);
  }

  /**
   * The world outside, as this room sees it.
   *
   * @param slots pods that run for each ConfigMap
   * @param filers who filed a claim
   * @param seal of what is written on volumes
   */
  public record Ports(
      ClusterView view,
      ClusterWriter writer,
      EventSink events,
      Slots slots,
      FilerCheck filers,
      RecordSeal seal,
      Meter meter) {}

  /** A pod object has gone from the cluster. */
  public void podIsGone(String podUid) {
    sightings.podIsGone(podUid);
    tokens.podIsGone(podUid);
  }

  /** A volume object has gone from the cluster. */
  public void volumeIsGone(ClaimUid uid) {
    sightings.volumeIsAbsent(uid);
  }

  @Override
  public Optional<Duration> reconcile(ClaimUid uid) {
    try {
      return steps(uid);
    } finally {
      ports.slots().lookedAt(uid);
    }
  }

  private Optional<Duration> steps(ClaimUid uid) {
    firstLook.take();
    boolean wrote = false;
    for (int i = 0; i < MOST_STEPS; i++) {
      Instant now = clock.instant();
      View view = views.build(uid, now);
      freeSlots(view);
      Plan plan = planner.plan(view, now);
      tokens.discreet(view, plan).forEach(ports.events()::tell);
      tally.planned(view, plan, now);
      log.debug("plan claim={} step={}", uid, plan.step());
      switch (plan.step()) {
        case Step.Rest rest -> {
          return rested(view, wrote);
        }
        case Step.WaitUntil(Instant when, String why) -> {
          Duration wait = Duration.between(now, when).plusMillis(5);
          return Optional.of(wrote && wait.compareTo(LOOK_AGAIN) > 0 ? LOOK_AGAIN : wait);
        }
        case Step step -> {
          Optional<Duration> pause = doer.perform(view, step);
          if (pause.isPresent()) {
            return pause;
          }
          wrote = true;
        }
      }
    }
    throw new IllegalStateException("no end after " + MOST_STEPS + " steps");
  }

  /** A pod on a silent node ends by time alone, and no event of it says so. */
  private void freeSlots(View view) {
    for (PodFacts pod : view.pods()) {
      if (pod.ended() && !pod.configMap().isEmpty()) {
        ports
            .slots()
            .ended(
                new ConfigMapKey(pod.namespace(), pod.configMap()),
                pod.namespace() + "/" + pod.name());
      }
    }
  }

  private Optional<Duration> rested(View view, boolean wrote) {
    boolean left =
        view.claim() instanceof Sight.Seen
            || view.volume() instanceof Sight.Seen
            || !view.pods().isEmpty();
    if (!left) {
      sightings.forget(view.uid());
      refusals.forget(view.uid());
    }
    return wrote ? Optional.of(LOOK_AGAIN) : Optional.empty();
  }
}
