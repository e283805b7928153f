// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import storage.dory.e2e.process.Checkout;
import storage.dory.e2e.process.Checkout.Program;
import storage.dory.e2e.process.Command;
import storage.dory.e2e.process.RunningProgram;

/** Two real provisioner processes, each with a line of its own to the embedded API server. */
class LeaderElectionIT {
  private static final String SYSTEM = "dory-system";
  private static final String IMAGE = "acme/instant:1";
  private static final int LOST = 75;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir private Path work = Path.of("");
  private final Set<String> podsSeen = ConcurrentHashMap.newKeySet();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<Candidate> candidates = new ArrayList<>();
  private int claims;

  /** A provisioner, and the line that it is reached by. */
  private record Candidate(String name, RunningProgram program, SilentProxy line) {}

  private EmbeddedCluster cluster() throws IOException {
    EmbeddedCluster cluster =
        new EmbeddedCluster(work, Map.of(IMAGE, List.of()), Set.of(IMAGE), work.resolve("drivers"));
    open.add(cluster);
    return cluster;
  }

  @BeforeEach
  void needsProvisioner() {
    assumeThat(Checkout.current().jar(Program.FLEX_PROVISIONER))
        .as("the flex provisioner; mvn package builds it")
        .exists();
  }

  @AfterEach
  void endAll() throws Exception {
    for (Candidate candidate : candidates) {
      send(candidate, "CONT");
    }
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
  }

  @Test
  void whenTheLeaderIsKilledTheOtherCarriesOnWithItsClaims() throws IOException {
    KubernetesClient client = start();
    Candidate leader = leader(client);
    List<String> filed = file(client, 15);

    leader.program.crash();

    filed = plus(filed, file(client, 5));
    awaitBound(client, filed);
    assertThat(leader(client)).isNotEqualTo(leader);
    assertOnePodEach(filed);
  }

  @Test
  void leaderThatIsToldToStopHandsOverBeforeItsLeaseRunsOut() throws Exception {
    KubernetesClient client = start();
    Candidate leader = leader(client);
    List<String> filed = file(client, 5);

    leader.program.close();

    assertThat(leader.program.exitCode()).hasValue(0);
    assertThat(holder(client)).as("given up, or taken already").isNotEqualTo(leader.name);
    awaitBound(client, plus(filed, file(client, 5)));
    assertOnePodEach(filed);
  }

  @Test
  void leaderOnASilentNetworkEndsBeforeItsLeaseCanBeTaken() throws Exception {
    KubernetesClient client = start();
    Candidate leader = leader(client);
    List<String> filed = file(client, 5);

    leader.line.silence();

    assertThat(leader.program.awaitEnd(LIMIT)).hasValue(LOST);
    assertThat(holder(client)).as("nobody else leads yet").isEqualTo(leader.name);
    awaitBound(client, plus(filed, file(client, 5)));
    assertThat(leader(client)).isNotEqualTo(leader);
    assertOnePodEach(filed);
  }

  @Test
  void leaderThatStoodStillBeyondItsLeaseEndsWhenItWakesUp() throws Exception {
    KubernetesClient client = start();
    Candidate leader = leader(client);
    List<String> filed = file(client, 15);

    send(leader, "STOP");
    filed = plus(filed, file(client, 5));
    await("another leader").atMost(LIMIT).until(() -> !leader(client).equals(leader));
    send(leader, "CONT");

    assertThat(leader.program.awaitEnd(LIMIT)).hasValue(LOST);
    awaitBound(client, filed);
    assertOnePodEach(filed);
  }

  /** Two provisioners, and a class that one of them has made. */
  private KubernetesClient start() throws IOException {
    EmbeddedCluster cluster = cluster();
    KubernetesClient client = cluster.server().client();
    open.add(client);
    open.add(
        client
            .pods()
            .inNamespace(SYSTEM)
            .inform(
                new ResourceEventHandler<Pod>() {
                  @Override
                  public void onAdd(Pod pod) {
                    podsSeen.add(pod.getMetadata().getName() + " " + pod.getMetadata().getUid());
                  }

                  @Override
                  public void onUpdate(Pod before, Pod now) {}

                  @Override
                  public void onDelete(Pod pod, boolean unknown) {}
                }));
    for (String name : List.of("a", "b")) {
      SilentProxy line = new SilentProxy(cluster.server().url());
      open.add(line);
      RunningProgram program = provisioner(name, line);
      open.add(program);
      candidates.add(new Candidate(name + "_" + name, program, line));
    }
    client
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(SYSTEM)
                .withName("instant")
                .addToLabels("type", "provisioner-config")
                .addToLabels("storage-class", "instant")
                .endMetadata()
                .addToData("image", IMAGE)
                .addToData("service-account-name", "instant")
                .addToData("provisioner.docker-plugin", "instant")
                .build())
        .create();
    await("both ready")
        .atMost(LIMIT)
        .until(() -> candidates.stream().allMatch(c -> c.program.readyLine().isPresent()));
    await("class")
        .atMost(LIMIT)
        .until(() -> client.storage().v1().storageClasses().withName("instant").get() != null);
    return client;
  }

  private RunningProgram provisioner(String name, SilentProxy line) throws IOException {
    Path kubeconfig = work.resolve("kubeconfig-" + name);
    Files.writeString(
        kubeconfig,
        Files.readString(work.resolve("kubeconfig"))
            .replaceFirst("server: \"[^\"]*\"", "server: \"" + line.url() + "\""));
    return RunningProgram.start(
        "flex-provisioner",
        Checkout.current()
            .command(
                Program.FLEX_PROVISIONER,
                List.of(
                    "--kubeconfig",
                    kubeconfig.toString(),
                    "--namespace",
                    SYSTEM,
                    "--port",
                    "0",
                    "--leader-elect",
                    "--lease-namespace",
                    SYSTEM)),
        Map.of("POD_NAME", name, "POD_UID", name),
        work.resolve(name + ".log"));
  }

  private static String holder(KubernetesClient client) {
    var lease = client.leases().inNamespace(SYSTEM).withName("dory-flex-provisioner").get();
    return lease == null ? "" : lease.getSpec().getHolderIdentity();
  }

  private Candidate leader(KubernetesClient client) {
    String holder =
        await("a leader").atMost(LIMIT).until(() -> holder(client), name -> !name.isEmpty());
    return candidates.stream().filter(c -> c.name.equals(holder)).findFirst().orElseThrow();
  }

  private List<String> file(KubernetesClient client, int count) {
    return IntStream.range(0, count).mapToObj(_ -> file(client)).toList();
  }

  private String file(KubernetesClient client) {
    return client
        .resource(
            new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("claim-" + ++claims)
                .endMetadata()
                .withNewSpec()
                .withStorageClassName("instant")
                .withAccessModes("ReadWriteOnce")
                .withNewResources()
                .addToRequests("storage", new Quantity("1Mi"))
                .endResources()
                .endSpec()
                .build())
        .create()
        .getMetadata()
        .getUid();
  }

  private static void awaitBound(KubernetesClient client, List<String> uids) {
    await("claims bound, requests over")
        .atMost(LIMIT)
        .until(() ->
            client.persistentVolumeClaims().inNamespace("default").list().getItems().stream()
                        .filter(claim -> uids.contains(claim.getMetadata().getUid()))
                        .filter(LeaderElectionIT::bound)
                        .count()
                    == uids.size()
                && client.pods().inNamespace(SYSTEM).list().getItems().isEmpty());
  }

  private static boolean bound(PersistentVolumeClaim claim) {
    return claim.getStatus() != null && "Bound".equals(claim.getStatus().getPhase());
  }

  private void assertOnePodEach(List<String> uids) {
    for (String uid : uids) {
      assertThat(podsSeen.stream().filter(pod -> pod.contains(uid)))
          .as("pods of request %s", uid)
          .hasSize(1);
    }
  }

  private static List<String> plus(List<String> some, List<String> more) {
    List<String> all = new ArrayList<>(some);
    all.addAll(more);
    return all;
  }

  private static void send(Candidate to, String signal) {
    var _ =
        Command.of("kill", "-" + signal, String.valueOf(to.program.pid()))
            .run(Duration.ofSeconds(5));
  }
}
