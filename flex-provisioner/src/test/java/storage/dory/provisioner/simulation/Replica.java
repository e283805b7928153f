// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.simulation;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import storage.dory.provisioner.catalog.Catalog;
import storage.dory.provisioner.catalog.ConfigMapKey;
import storage.dory.provisioner.catalog.DefinitionParser;
import storage.dory.provisioner.claim.ClaimReader;
import storage.dory.provisioner.claim.Planner;
import storage.dory.provisioner.claim.Tell;
import storage.dory.provisioner.control.ClaimReconciler;
import storage.dory.provisioner.control.DefinitionReconciler;
import storage.dory.provisioner.control.EventSink;
import storage.dory.provisioner.control.FilerCheck;
import storage.dory.provisioner.control.Meter;
import storage.dory.provisioner.control.RecordSeal;
import storage.dory.provisioner.control.Slots;
import storage.dory.provisioner.election.Mandate;
import storage.dory.provisioner.kube.SimulatedShelves;
import storage.dory.provisioner.kube.SimulatedWriter;
import storage.dory.provisioner.podrun.PodFacts;
import storage.dory.provisioner.podrun.PodReader;
import storage.dory.provisioner.podrun.PodSettings;
import storage.dory.provisioner.podrun.ProvisioningPod;
import storage.dory.provisioner.podrun.VolumeClientSet;
import storage.dory.provisioner.reconcile.Backoff;
import storage.dory.provisioner.reconcile.Reconciler;
import storage.dory.provisioner.reconcile.WorkQueue;
import storage.dory.provisioner.volume.ClaimUid;
import storage.dory.provisioner.volume.VolumeReader;

/**
 * One life of a provisioner, wired as the real one, with workers that take turns: alone, or one of
 * those that stand for election.
 */
final class Replica implements EventSink {
  private static final Backoff FAULTS = new Backoff(Duration.ofMillis(200), Duration.ofMinutes(1));

  /** Requests that are worked on at a time. */
  private static final int WORKERS = 3;

  private final World world;
  private final Api api;
  private final Host host;
  private final Line line;
  private final Optional<Campaign> campaign;
  private final Slots slots;
  private final SimulatedShelves shelves;
  private final ClaimReconciler claims;
  private final DefinitionReconciler definitions;
  private final WorkQueue<ClaimUid> claimQueue;
  private final WorkQueue<ConfigMapKey> definitionQueue;
  private final Map<Object, Integer> failures = new HashMap<>();
  private final Runnable died;
  private int busy;
  private boolean working;
  private boolean over;
  private boolean led;

  Replica(World world, Api api, String trusted, Optional<String> candidate, Runnable died) {
    this.world = world;
    this.api = api;
    this.died = died;
    host = new Host(world);
    line = new Line(world, host, Line.TIME_OUT);
    campaign = candidate.map(name -> new Campaign(world, api, host, name, this::lead, this::end));
    Runnable beforeWrite =
        campaign.<Runnable>map(c -> c::beforeWrite).orElse(Mandate.withoutElection()::check);
    claimQueue = new WorkQueue<>(world::nanos);
    definitionQueue = new WorkQueue<>(world::nanos);
    slots = new Slots(uid -> add(claimQueue, uid));
    shelves = new SimulatedShelves(world, api, host, trusted);
    PodSettings settings = new PodSettings("https://api", "/run/docker/plugins", "/v", "/s");
    ClaimReconciler.Ports ports =
        new ClaimReconciler.Ports(
            shelves,
            new SimulatedWriter(world, api, line, shelves, beforeWrite),
            this,
            slots,
            FilerCheck.off(world.clock()),
            RecordSeal.off(),
            Meter.NONE);
    Catalog catalog = new Catalog();
    claims =
        new ClaimReconciler(
            ports,
            catalog,
            Planner.withUsualBackoff(),
            new ProvisioningPod(settings),
            world.clock());
    definitions =
        new DefinitionReconciler(
            ports,
            catalog,
            new VolumeClientSet(settings),
            new DefinitionParser(),
            this::classChanged);
    listen();
  }

  void start() {
    world.note(() -> "provisioner starts");
    shelves.start();
    campaign.ifPresentOrElse(Campaign::start, this::lead);
  }

  private void lead() {
    world.note(() -> "provisioner leads");
    try {
      definitions.load();
    } catch (Killed e) {
      end();
      return;
    }
    working = true;
    led = true;
    wake(0);
  }

  /** Killed from outside, at any time. */
  void kill() {
    host.die();
    end();
  }

  /** Told to stop: in order when nothing is under way. */
  void stop() {
    if (busy == 0) {
      campaign.ifPresent(Campaign::leave);
    }
    end();
  }

  /** Stands still for a while. */
  void freeze(long millis) {
    host.freeze(millis);
  }

  boolean hasLed() {
    return led;
  }

  int requests() {
    return line.requests();
  }

  @Override
  public void tell(Tell tell) {
    // the real one writes from a queue, which dies with the process
    host.later(world.between(0, 100), () -> api.tell(tell));
  }

  @Override
  public void tell(
      ConfigMapKey configMap, String objectUid, boolean warning, String reason, String message) {
    world.note(() -> "configmap " + configMap + " " + reason + ": " + message);
  }

  private void end() {
    working = false;
    host.die();
    if (!over) {
      over = true;
      world.note(() -> "provisioner is dead");
      shelves.stop();
      died.run();
    }
  }

  private void wake(long millis) {
    host.later(millis, this::work);
  }

  private void work() {
    if (!working || busy >= WORKERS) {
      return;
    }
    busy++;
    try {
      boolean found = one(definitionQueue, definitions);
      found |= working && one(claimQueue, claims);
      if (found) {
        wake(0);
      }
    } catch (Killed k) {
      end();
    } finally {
      busy--;
    }
  }

  private <K> boolean one(WorkQueue<K> queue, Reconciler<K> reconciler) {
    Optional<K> key = queue.poll();
    if (key.isEmpty()) {
      return false;
    }
    try {
      Optional<Duration> again = reconciler.reconcile(key.get());
      failures.remove(key.get());
      again.ifPresent(delay -> later(queue, key.get(), delay));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Line.NoAnswer | IllegalStateException e) {
      failed(queue, key.get(), e);
    } finally {
      queue.done(key.get());
    }
    return true;
  }

  private <K> void failed(WorkQueue<K> queue, K key, RuntimeException why) {
    if (String.valueOf(why.getMessage()).startsWith("no end after")) {
      world.violated("the way of request " + key + " goes in circles");
    }
    int count = failures.merge(key, 1, Integer::sum);
    world.note(() -> "step failed " + key + " " + why.getMessage());
    later(queue, key, FAULTS.after(String.valueOf(key), count));
  }

  private <K> void later(WorkQueue<K> queue, K key, Duration delay) {
    queue.addAfter(key, delay);
    wake(delay.toMillis() + 1);
  }

  private <K> void add(WorkQueue<K> queue, K key) {
    queue.add(key);
    wake(world.delay(3, 500));
  }

  private void listen() {
    shelves.onClaim(
        claim -> {
          if (ClaimReader.read(claim).handedToUs()) {
            add(claimQueue, uid(claim));
          }
        },
        claim -> add(claimQueue, uid(claim)));
    shelves.onVolume(
        volume ->
            ClaimUid.ofVolume(volume.getMetadata().getName())
                .filter(
                    uid -> VolumeReader.read(volume).ours() || VolumeReader.read(volume).isFor(uid))
                .ifPresent(uid -> add(claimQueue, uid)),
        volume ->
            ClaimUid.ofVolume(volume.getMetadata().getName())
                .ifPresent(uid -> {
                  claims.volumeIsGone(uid);
                  add(claimQueue, uid);
                }));
    shelves.onPod(this::podSeen, this::podGone);
    shelves.onClass(c -> classTouched(c.getMetadata().getName()));
    shelves.onConfigMap(configMap -> add(definitionQueue, key(configMap)));
  }

  private void podSeen(Pod pod) {
    PodReader.read(pod, world.now())
        .ifPresent(facts -> {
          if (facts.ended()) {
            slotFree(facts);
          } else {
            slots.started(source(facts), facts.namespace() + "/" + facts.name());
          }
          add(claimQueue, facts.claim().uid());
        });
  }

  private void podGone(Pod pod) {
    PodReader.read(pod, world.now())
        .ifPresent(facts -> {
          claims.podIsGone(facts.objectUid());
          slotFree(facts);
          add(claimQueue, facts.claim().uid());
        });
  }

  private void slotFree(PodFacts pod) {
    slots.ended(source(pod), pod.namespace() + "/" + pod.name());
  }

  private static ConfigMapKey source(PodFacts pod) {
    return new ConfigMapKey(
        pod.namespace(), pod.configMap().isEmpty() ? "unknown" : pod.configMap());
  }

  private void classTouched(String name) {
    for (ConfigMap configMap : shelves.configMaps()) {
      if (name.equals(configMap.getMetadata().getLabels().get("storage-class"))) {
        add(definitionQueue, key(configMap));
      }
    }
    shelves
        .claimsOf(name)
        .forEach(claim -> {
          if (ClaimReader.read(claim).handedToUs()) {
            add(claimQueue, uid(claim));
          }
        });
  }

  private void classChanged(String name) {
    classTouched(name);
    shelves.requestsWithPods().forEach(uid -> add(claimQueue, uid));
  }

  private static ClaimUid uid(HasMetadata claim) {
    return new ClaimUid(claim.getMetadata().getUid());
  }

  private static ConfigMapKey key(HasMetadata object) {
    return new ConfigMapKey(object.getMetadata().getNamespace(), object.getMetadata().getName());
  }
}
