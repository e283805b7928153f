// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import storage.dory.e2e.faults.FaultPlan;

/**
 * Claims that come and go while provisioner and pods are killed and the API server is unreliable;
 * then calm, and a comparison of all that there is. Twice: with claims kept, and with none.
 */
final class ClaimsChaos {
  private static final long LOOK_MILLIS = 500;
  private static final String OURS = "dory-flex-provisioner";

  private final KubernetesClient client;
  private final ClaimObjects objects;
  private final ChaosProvisioner provisioner;
  private final FaultPlan plan;
  private final ChaosNode node;
  private final ChaosPace pace;
  private final Random random;
  private final Progress progress;
  private final Map<String, Integer> struck = new TreeMap<>();
  private int provisionersKilled;
  private int deletedEarly;

  /**
   * @param node where the pods work
   */
  ClaimsChaos(
      KubernetesClient client,
      ClaimObjects objects,
      ChaosProvisioner provisioner,
      FaultPlan plan,
      ChaosNode node,
      ChaosPace pace,
      long seed,
      Progress progress) {
    this.client = client;
    this.objects = objects;
    this.provisioner = provisioner;
    this.plan = plan;
    this.node = node;
    this.pace = pace;
    this.random = new Random(seed);
    this.progress = progress;
  }

  /** Whether nothing leaked, was orphaned, got stuck or was doubled. */
  boolean run(int count, PrintStream out) throws IOException, InterruptedException {
    long began = System.nanoTime();
    plan.on(true);
    file(count);
    long filed = System.nanoTime();
    trouble("claims settle under faults", () -> unbound().isEmpty());
    Reckoning kept = rest("claims are kept", () -> unbound().isEmpty() && nothingPending());
    List<String> warnings = warnings();
    plan.on(true);
    node.wild(true);
    client
        .persistentVolumeClaims()
        .inNamespace(objects.run())
        .withLabels(objects.labels())
        .delete();
    trouble("claims go under faults", () -> volumes().isEmpty());
    Reckoning gone = rest("everything goes", () -> volumes().isEmpty() && nothingPending());
    out.printf(
        "claims %d, %d of them deleted while they were being served; filed in %s s, all in %s s%n",
        count,
        deletedEarly,
        Figures.seconds(Duration.ofNanos(filed - began)),
        Figures.seconds(Duration.ofNanos(System.nanoTime() - began)));
    out.printf(
        "killed: provisioner %d times (%d starts), provisioning pods %d: %s%n",
        provisionersKilled,
        provisioner.starts(),
        struck.values().stream().mapToInt(Integer::intValue).sum(),
        struck);
    out.println(
        "faults: " + plan.counts() + " in " + plan.requests() + " requests of the provisioner");
    out.println();
    print(out, "at rest with claims", kept);
    print(out, "at rest without claims", gone);
    if (!kept.good()) {
      warnings.forEach(why -> out.println("said of a claim: " + why));
    }
    return kept.good() && gone.good();
  }

  private static void print(PrintStream out, String when, Reckoning reckoning) {
    List<String> lines = reckoning.lines();
    out.println(when + ": " + lines.getFirst());
    lines.stream().skip(1).forEach(out::println);
  }

  private void file(int count) throws IOException, InterruptedException {
    int next = 0;
    while (next < count) {
      for (int i = 0; i < pace.filed() && next < count; i++) {
        var _ = client.resource(objects.claim(next, objects.run())).create();
        next++;
      }
      if (random.nextInt(3) == 0) {
        deleteOne(random.nextInt(next));
      }
      strike();
      progress.reached("claims filed:", next, count);
      Thread.sleep(pace.step());
    }
  }

  private void deleteOne(int number) {
    boolean there =
        !client
            .persistentVolumeClaims()
            .inNamespace(objects.run())
            .withName("claim-" + number)
            .delete()
            .isEmpty();
    deletedEarly += there ? 1 : 0;
  }

  /** Kills on, for a while or until it is done. */
  private void trouble(String what, Condition done) throws IOException, InterruptedException {
    progress.part(what);
    long end = System.nanoTime() + pace.trouble().toNanos();
    while (!done.holds() && System.nanoTime() - end < 0) {
      for (int i = 0; i < pace.stepsASecond(); i++) {
        strike();
        Thread.sleep(pace.step());
      }
    }
  }

  private void strike() throws IOException {
    provisioner.ensure();
    if (random.nextInt(pace.provisionerOneIn()) == 0) {
      provisioner.kill();
      provisionersKilled++;
    }
    if (random.nextInt(pace.podOneIn()) == 0) {
      List<Pod> there = requests();
      if (!there.isEmpty()) {
        node.strike(there.get(random.nextInt(there.size())), random)
            .ifPresent(way -> struck.merge(way, 1, Integer::sum));
      }
    }
  }

  /** No faults any more: waits until it is as it should be, or long enough, and compares. */
  private Reckoning rest(String what, Condition done) throws IOException, InterruptedException {
    progress.part("calm: " + what);
    plan.on(false);
    node.wild(false);
    long end = System.nanoTime() + pace.calm().toNanos();
    while (!done.holds() && System.nanoTime() - end < 0) {
      provisioner.ensure();
      progress.reached("not at rest yet:", requests().size(), unbound().size() + volumes().size());
      Thread.sleep(LOOK_MILLIS);
    }
    return Reckoning.of(sight());
  }

  private Reckoning.Sight sight() {
    Map<String, String> phases = new TreeMap<>();
    claims().forEach(claim -> phases.put("pvc-" + claim.getMetadata().getUid(), phase(claim)));
    return new Reckoning.Sight(
        phases,
        names(volumes()),
        node.volumes(),
        names(requests()),
        names(secrets()),
        node.doubled());
  }

  private static String phase(PersistentVolumeClaim claim) {
    return claim.getMetadata().getDeletionTimestamp() != null
        ? "Terminating"
        : claim.getStatus().getPhase();
  }

  private List<PersistentVolumeClaim> claims() {
    return client
        .persistentVolumeClaims()
        .inNamespace(objects.run())
        .withLabels(objects.labels())
        .list()
        .getItems();
  }

  private List<PersistentVolumeClaim> unbound() {
    return claims().stream().filter(claim -> !phase(claim).equals("Bound")).toList();
  }

  private List<PersistentVolume> volumes() {
    return client.persistentVolumes().list().getItems().stream()
        .filter(volume -> objects.run().equals(volume.getSpec().getStorageClassName()))
        .toList();
  }

  private List<Pod> requests() {
    return client
        .pods()
        .inNamespace(objects.run())
        .withLabel("app.kubernetes.io/managed-by", OURS)
        .withLabel("dory.storage/request")
        .list()
        .getItems();
  }

  /** Secrets go by the cluster's garbage collector, a while after their pods. */
  private boolean nothingPending() {
    return requests().isEmpty() && secrets().isEmpty();
  }

  /** What users were told of claims, a few of the last. */
  private List<String> warnings() {
    return client.v1().events().inNamespace(objects.run()).list().getItems().stream()
        .filter(event -> "Warning".equals(event.getType()))
        .filter(event -> "PersistentVolumeClaim".equals(event.getInvolvedObject().getKind()))
        .map(event -> event.getInvolvedObject().getName() + ": " + event.getMessage())
        .distinct()
        .limit(5)
        .toList();
  }

  private List<Secret> secrets() {
    return client
        .secrets()
        .inNamespace(objects.run())
        .withLabel("app.kubernetes.io/managed-by", OURS)
        .withLabel("dory.storage/request")
        .list()
        .getItems();
  }

  private static Set<String> names(Collection<? extends HasMetadata> all) {
    return all.stream()
        .map(one -> one.getMetadata().getName())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private interface Condition {
    boolean holds();
  }
}
