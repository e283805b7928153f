// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import storage.dory.provisioner.admission.AdmissionView;
import storage.dory.provisioner.catalog.Catalog;
import storage.dory.provisioner.catalog.ConfigMapKey;
import storage.dory.provisioner.catalog.DefinitionParser;
import storage.dory.provisioner.claim.ClaimFacts;
import storage.dory.provisioner.claim.ClaimReader;
import storage.dory.provisioner.claim.Planner;
import storage.dory.provisioner.control.ClaimReconciler;
import storage.dory.provisioner.control.ClusterWriter;
import storage.dory.provisioner.control.DefinitionReconciler;
import storage.dory.provisioner.control.DiscreetEvents;
import storage.dory.provisioner.control.FilerCheck;
import storage.dory.provisioner.control.RecordSeal;
import storage.dory.provisioner.control.Slots;
import storage.dory.provisioner.election.Mandate;
import storage.dory.provisioner.identity.SealKey;
import storage.dory.provisioner.kube.ApiWriter;
import storage.dory.provisioner.kube.EventWriter;
import storage.dory.provisioner.kube.ShelfAdmissionView;
import storage.dory.provisioner.kube.Shelves;
import storage.dory.provisioner.ops.Gauges;
import storage.dory.provisioner.ops.Metrics;
import storage.dory.provisioner.podrun.PodFacts;
import storage.dory.provisioner.podrun.PodReader;
import storage.dory.provisioner.podrun.ProvisioningPod;
import storage.dory.provisioner.podrun.VolumeClientSet;
import storage.dory.provisioner.reconcile.Backoff;
import storage.dory.provisioner.reconcile.QueueWatch;
import storage.dory.provisioner.reconcile.WorkQueue;
import storage.dory.provisioner.reconcile.Workers;
import storage.dory.provisioner.volume.ClaimUid;
import storage.dory.provisioner.volume.Marks;
import storage.dory.provisioner.volume.VolumeFacts;
import storage.dory.provisioner.volume.VolumeReader;

/**
 * A running provisioner: queues, workers and informers wired together. The client stays its giver's
 * and must outlive it.
 */
public final class Provisioner implements AutoCloseable {
  /** More than the requests of one turn can take. */
  private static final Duration LONGEST_TURN = Duration.ofMinutes(5);

  private static final Backoff FAULTS = new Backoff(Duration.ofMillis(200), Duration.ofMinutes(1));

  private final ProvisionerSettings settings;
  private final InstantSource clock;
  private final WorkQueue<ClaimUid> claimQueue;
  private final WorkQueue<ConfigMapKey> definitionQueue;
  private final Slots slots;
  private final Shelves shelves;
  private final EventWriter events;
  private final DefinitionReconciler definitions;
  private final ClaimReconciler claims;
  private final Workers<ClaimUid> claimWorkers;
  private final Workers<ConfigMapKey> definitionWorkers;

  /**
   * What it works under.
   *
   * @param mandate asked before each write
   * @param filers tells who filed a claim
   * @param seal of what is written on volumes
   */
  public record Terms(Mandate mandate, Metrics metrics, FilerCheck filers, RecordSeal seal) {}

  /**
   * Starts nothing yet.
   *
   * @param client with a request timeout
   * @param around put around every request that is not a watch
   */
  public Provisioner(
      KubernetesClient client,
      ProvisionerSettings settings,
      InstantSource clock,
      Terms terms,
      UnaryOperator<ClusterWriter> around) {
    this.settings = settings;
    this.clock = clock;
    QueueWatch claimWatch = terms.metrics().queue("claims");
    QueueWatch definitionWatch = terms.metrics().queue("definitions");
    claimQueue = new WorkQueue<>(System::nanoTime, claimWatch);
    definitionQueue = new WorkQueue<>(System::nanoTime, definitionWatch);
    slots = new Slots(claimQueue::add);
    shelves = new Shelves(client, settings.namespaces(), clock);
    events = new EventWriter(client, clock, terms.metrics());
    Catalog catalog = new Catalog();
    ClaimReconciler.Ports ports =
        new ClaimReconciler.Ports(
            shelves,
            around.apply(new ApiWriter(client, shelves, clock, terms.mandate(), terms.metrics())),
            new DiscreetEvents(events, catalog),
            slots,
            terms.filers(),
            terms.seal(),
            terms.metrics());
    claims =
        new ClaimReconciler(
            ports,
            catalog,
            Planner.withUsualBackoff(),
            new ProvisioningPod(settings.pods()),
            clock);
    definitions =
        new DefinitionReconciler(
            ports,
            catalog,
            new VolumeClientSet(settings.pods()),
            new DefinitionParser(settings.privilegedNamespaces()),
            this::classChanged);
    claimWorkers = new Workers<>(claimQueue, claims, FAULTS, claimWatch);
    definitionWorkers = new Workers<>(definitionQueue, definitions, FAULTS, definitionWatch);
    listen();
  }

  /** Begins to look at the cluster; {@link #synced} tells when the first look is complete. */
  public void watch() {
    shelves.start();
  }

  /** Begins to work. The first look must be complete. */
  public void work() {
    definitions.load();
    events.start();
    definitionWorkers.start("definition", 2);
    claimWorkers.start("claim", settings.workers());
  }

  /** Why the process should be restarted; empty when it should not. */
  public Optional<String> ill() {
    List<String> stopped = shelves.stopped();
    return stopped.isEmpty()
        ? claimWorkers.ill(LONGEST_TURN).or(() -> definitionWorkers.ill(LONGEST_TURN))
        : Optional.of("no longer watching " + stopped);
  }

  /** What admission webhooks have to know; complete after the first look. */
  AdmissionView admissionView(Supplier<Optional<SealKey>> seal) {
    return new ShelfAdmissionView(shelves, seal);
  }

  /** Whether the claim of that UID is in sight and handed to its provisioner. */
  boolean isHandedOver(String namespace, String name, String uid) {
    return shelves
        .claim(namespace, name)
        .map(ClaimReader::read)
        .filter(claim -> claim.ref().uid().value().equals(uid))
        .filter(ClaimFacts::handedToUs)
        .isPresent();
  }

  /** Whether the first look at the cluster is complete. */
  public boolean synced() {
    return shelves.synced();
  }

  /** What is so at this moment. */
  public Gauges gauges(boolean leads) {
    return new Gauges(
        leads,
        Map.of("claims", claimQueue.depth(), "definitions", definitionQueue.depth()),
        podsNow(),
        undosWaiting(),
        shelves.sizes());
  }

  /**
   * Begins to stop: no more is begun, and what is under way is waited for.
   *
   * @return whether all of it has ended
   */
  public boolean stopWork() {
    claimWorkers.close();
    definitionWorkers.close();
    return claimWorkers.ended() && definitionWorkers.ended();
  }

  @Override
  public void close() {
    boolean _ = stopWork();
    events.close();
    shelves.close();
  }

  private Map<Gauges.Pods, Integer> podsNow() {
    Map<Gauges.Pods, Integer> counts = new HashMap<>();
    for (Pod pod : shelves.pods()) {
      String phase = pod.getStatus() == null ? "Pending" : pod.getStatus().getPhase();
      String action = pod.getMetadata().getLabels().getOrDefault(Marks.ACTION, "");
      counts.merge(new Gauges.Pods(action, String.valueOf(phase)), 1, Integer::sum);
    }
    return counts;
  }

  private int undosWaiting() {
    return (int)
        shelves.requestsWithPods().stream().filter(uid -> shelves.claim(uid).isEmpty()).count();
  }

  private void listen() {
    shelves.onClaim(this::claimSeen, this::claimGone);
    shelves.onVolume(this::volumeSeen, this::volumeGone);
    shelves.onPod(this::podSeen, this::podGone);
    shelves.onClass(c -> classTouched(c.getMetadata().getName()));
    shelves.onConfigMap(configMap -> definitionQueue.add(key(configMap)));
    shelves.onStray(definitions::ignored);
    shelves.onVolumeClientGone(volumeClient -> volumeClientGone());
  }

  private void claimSeen(PersistentVolumeClaim claim) {
    ClaimFacts facts = ClaimReader.read(claim);
    if (facts.handedToUs()) {
      claimQueue.add(facts.ref().uid());
    }
  }

  private void claimGone(PersistentVolumeClaim claim) {
    claimQueue.add(new ClaimUid(claim.getMetadata().getUid()));
  }

  private void volumeSeen(PersistentVolume volume) {
    VolumeFacts facts = VolumeReader.read(volume);
    ClaimUid.ofVolume(facts.name())
        .filter(uid -> facts.ours() || facts.isFor(uid))
        .ifPresent(claimQueue::add);
  }

  private void volumeGone(PersistentVolume volume) {
    ClaimUid.ofVolume(volume.getMetadata().getName())
        .ifPresent(uid -> {
          claims.volumeIsGone(uid);
          claimQueue.add(uid);
        });
  }

  private void podSeen(Pod pod) {
    PodReader.read(pod, clock.instant())
        .ifPresent(facts -> {
          if (facts.ended()) {
            slotFree(facts);
          } else {
            slots.started(source(facts), place(facts));
          }
          claimQueue.add(facts.claim().uid());
        });
  }

  private void podGone(Pod pod) {
    PodReader.read(pod, clock.instant())
        .ifPresent(facts -> {
          claims.podIsGone(facts.objectUid());
          slotFree(facts);
          claimQueue.add(facts.claim().uid());
        });
  }

  private void slotFree(PodFacts pod) {
    slots.ended(source(pod), place(pod));
  }

  private static ConfigMapKey source(PodFacts pod) {
    return new ConfigMapKey(
        pod.namespace(), pod.configMap().isEmpty() ? "unknown" : pod.configMap());
  }

  private static String place(PodFacts pod) {
    return pod.namespace() + "/" + pod.name();
  }

  /** The class object came, changed or went. */
  private void classTouched(String name) {
    for (ConfigMap configMap : shelves.configMaps()) {
      Map<String, String> labels = configMap.getMetadata().getLabels();
      if (labels != null && name.equals(labels.get("storage-class"))) {
        definitionQueue.add(key(configMap));
      }
    }
    requeueClaims(name);
  }

  /** Something else serves the class now. */
  private void classChanged(String name) {
    classTouched(name);
    shelves.requestsWithPods().forEach(claimQueue::add);
  }

  /** Whoever deleted it, the ConfigMap that wants it is still there or it is not made again. */
  private void volumeClientGone() {
    shelves.configMaps().forEach(configMap -> definitionQueue.add(key(configMap)));
  }

  private void requeueClaims(String storageClass) {
    shelves.claimsOf(storageClass).forEach(this::claimSeen);
  }

  private static ConfigMapKey key(HasMetadata object) {
    return new ConfigMapKey(object.getMetadata().getNamespace(), object.getMetadata().getName());
  }
}
