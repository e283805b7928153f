// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
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
  private static final long STEP_MILLIS = 100;
  private static final int FILED_A_STEP = 3;
  private static final Duration CALM = Duration.ofMinutes(4);
  private static final String OURS = "dory-flex-provisioner";

  private final KubernetesClient client;
  private final ClaimObjects objects;
  private final ChaosProvisioner provisioner;
  private final FaultPlan plan;
  private final Backend backend;
  private final ChaosPods pods;
  private final Random random;
  private final Progress progress;
  private int provisionersKilled;
  private int podsKilled;
  private int deletedEarly;

  /**
   * @param backend what the pods make volumes in
   */
  ClaimsChaos(
      KubernetesClient client,
      ClaimObjects objects,
      ChaosProvisioner provisioner,
      FaultPlan plan,
      Backend backend,
      ChaosPods pods,
      long seed,
      Progress progress) {
    this.client = client;
    this.objects = objects;
    this.provisioner = provisioner;
    this.plan = plan;
    this.backend = backend;
    this.pods = pods;
    this.random = new Random(seed);
    this.progress = progress;
  }

  /** Whether nothing leaked, was orphaned, got stuck or was doubled. */
  boolean run(int count, PrintStream out) throws IOException, InterruptedException {
    long began = System.nanoTime();
    plan.on(true);
    file(count);
    long filed = System.nanoTime();
    trouble("claims settle under faults", () -> unbound().isEmpty(), Duration.ofSeconds(60));
    Reckoning kept = rest("claims are kept", () -> unbound().isEmpty() && nothingPending());
    plan.on(true);
    pods.wild(true);
    client
        .persistentVolumeClaims()
        .inNamespace(objects.run())
        .withLabels(objects.labels())
        .delete();
    trouble("claims go under faults", () -> volumes().isEmpty(), Duration.ofSeconds(60));
    Reckoning gone = rest("everything goes", () -> volumes().isEmpty() && nothingPending());
    out.printf(
        "claims %d, %d of them deleted while they were being served; filed in %s s, all in %s s%n",
        count,
        deletedEarly,
        Figures.seconds(Duration.ofNanos(filed - began)),
        Figures.seconds(Duration.ofNanos(System.nanoTime() - began)));
    out.printf(
        "killed: provisioner %d times (%d starts), provisioning pods %d%n",
        provisionersKilled, provisioner.starts(), podsKilled);
    out.println(
        "faults: " + plan.counts() + " in " + plan.requests() + " requests of the provisioner");
    out.println();
    print(out, "at rest with claims", kept);
    print(out, "at rest without claims", gone);
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
      for (int i = 0; i < FILED_A_STEP && next < count; i++) {
        var _ = client.resource(objects.claim(next, objects.run())).create();
        next++;
      }
      if (random.nextInt(3) == 0) {
        deleteOne(random.nextInt(next));
      }
      strike();
      progress.reached("claims filed:", next, count);
      Thread.sleep(STEP_MILLIS);
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
  private void trouble(String what, Condition done, Duration limit)
      throws IOException, InterruptedException {
    progress.part(what);
    long end = System.nanoTime() + limit.toNanos();
    while (!done.holds() && System.nanoTime() - end < 0) {
      for (int i = 0; i < 10; i++) {
        strike();
        Thread.sleep(STEP_MILLIS);
      }
    }
  }

  private void strike() throws IOException {
    provisioner.ensure();
    if (random.nextInt(80) == 0) {
      provisioner.kill();
      provisionersKilled++;
    }
    if (random.nextInt(5) == 0) {
      List<Pod> there = requests();
      if (!there.isEmpty()) {
        Pod chosen = there.get(random.nextInt(there.size()));
        try {
          var _ = client.resource(chosen).withGracePeriod(random.nextBoolean() ? 0 : 5).delete();
          podsKilled++;
        } catch (KubernetesClientException e) {
          // it went by itself
        }
      }
    }
  }

  /** No faults any more: waits until it is as it should be, or long enough, and compares. */
  private Reckoning rest(String what, Condition done) throws IOException, InterruptedException {
    progress.part("calm: " + what);
    plan.on(false);
    pods.wild(false);
    long end = System.nanoTime() + CALM.toNanos();
    while (!done.holds() && System.nanoTime() - end < 0) {
      provisioner.ensure();
      progress.reached("not at rest yet:", requests().size(), unbound().size() + volumes().size());
      Thread.sleep(5 * STEP_MILLIS);
    }
    return Reckoning.of(sight());
  }

  private Reckoning.Sight sight() {
    Map<String, String> phases = new TreeMap<>();
    claims().forEach(claim -> phases.put("pvc-" + claim.getMetadata().getUid(), phase(claim)));
    return new Reckoning.Sight(
        phases,
        names(volumes()),
        backend.list(),
        names(requests()),
        names(secrets()),
        pods.doubled());
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
        .list()
        .getItems();
  }

  /** Secrets go by the cluster's garbage collector, a while after their pods. */
  private boolean nothingPending() {
    return requests().isEmpty() && secrets().isEmpty();
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
