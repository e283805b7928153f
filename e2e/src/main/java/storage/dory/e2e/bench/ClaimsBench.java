// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** Bare pods, then claims, on one cluster. */
final class ClaimsBench {
  /** Their rate is known then. */
  private static final int MOST_PODS = 1000;

  /** What is ours to make, and what Kubernetes makes of it. */
  private static final List<Stations.Station> RATED =
      List.of(Stations.Station.VOLUME_MADE, Stations.Station.BOUND);

  private final BenchCluster cluster;
  private final KubernetesClient client;
  private final boolean instant;
  private final int count;
  private final ClaimObjects objects;
  private final Progress progress;
  private final ClaimScene scene;
  private final ClaimRaces races;
  private final Stations stations;
  private final Optional<String> other;

  /**
   * @param offered the class whose claims are filed, unless the run needs one of its own
   * @param other a class of another provisioner to compare with
   */
  ClaimsBench(
      BenchCluster cluster,
      boolean instant,
      String offered,
      Optional<String> other,
      int count,
      ClaimObjects objects,
      Progress progress) {
    this.cluster = cluster;
    this.client = cluster.client();
    this.instant = instant;
    this.count = count;
    this.objects = objects;
    this.progress = progress;
    this.other = other;
    this.races = new ClaimRaces(client, objects, progress);
    this.stations = new Stations(objects.run());
    this.scene =
        new ClaimScene(
            client,
            objects,
            cluster.trusted(),
            instant && !cluster.endsInstantPods()
                ? Optional.of(objects.definition(cluster.trusted()))
                : Optional.empty(),
            offered,
            progress);
  }

  /** Whether nothing failed and nothing was left. */
  boolean run(PrintStream out) throws IOException, InterruptedException {
    List<String> problems = new ArrayList<>();
    List<String> left = new ArrayList<>();
    boolean ended = false;
    InstantPods pods = instantPods();
    try (pods) {
      try {
        scene.make();
        measure(out, problems);
        problems.addAll(pods.failures());
        ended = true;
      } finally {
        boolean _ = Thread.interrupted(); // cleaning up is done all the same
        progress.part("cleaning up");
        left.addAll(scene.remove());
        if (!ended) {
          left.forEach(what -> out.println("left: " + what));
        }
      }
    }
    problems.stream().limit(5).forEach(why -> out.println("failure: " + why));
    left.forEach(what -> out.println("left: " + what));
    out.println("failures " + problems.size() + ", left " + left.size());
    return problems.isEmpty() && left.isEmpty();
  }

  private void measure(PrintStream out, List<String> problems)
      throws IOException, InterruptedException {
    Race.Outcome bare = racePods();
    problems.addAll(scene.removePods());
    Map<String, Long> before = cluster.requests();
    ProvisionerFigures figuresBefore = cluster.figures();
    Race.Outcome claims = raceClaims(problems);
    Map<String, Long> after = cluster.requests();
    ProvisionerFigures figures = cluster.figures();
    Optional<OtherClass.Outcome> compared = compare();
    compared.ifPresent(outcome -> problems.addAll(outcome.problems()));
    out.printf(
        "claims bench: %s; class %s, %s pods; %d processors here%n%n",
        cluster.words(),
        scene.storageClass(),
        instant ? "instant" : "real",
        Runtime.getRuntime().availableProcessors());
    ClaimsReport report = new ClaimsReport(bare, claims, stations, compared);
    int count = claims.arrivals().size();
    report.table().lines().forEach(out::println);
    report.alone().stream().flatMap(table -> table.lines().stream()).forEach(out::println);
    out.println();
    for (Stations.Station station : RATED) {
      String rates = report.rates(station);
      if (!rates.isEmpty()) {
        out.println("per s of each thousand to " + station.words() + ": " + rates);
      }
    }
    out.println(
        "provisioner  peak memory "
            + cluster.provisionerPeak()
            + ", peak of its heap "
            + ProcessFigures.words(figures.heapPeak())
            + ", processor time per claim "
            + figures.processorSince(figuresBefore, count));
    out.println(
        "our API requests per claim, until its pod is finished: "
            + ClaimsReport.requests(before, after, count));
    out.println("of the provisioner: " + figures.requestsSince(figuresBefore, count));
    problems.addAll(bare.failures());
    problems.addAll(claims.failures());
    if (!claims.failures().isEmpty()) {
      problems.addAll(warnings());
    }
  }

  private Optional<OtherClass.Outcome> compare() throws InterruptedException {
    return other.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new OtherClass(scene.storageClass(), other.get(), objects, scene, races).run(count));
  }

  private Race.Outcome racePods() throws InterruptedException {
    return races.pods(
        IntStream.range(0, Math.min(count, MOST_PODS))
            .mapToObj(i ->
                instant ? objects.instantPod(i, cluster.endsInstantPods()) : objects.barePod(i))
            .toList());
  }

  /** Returns when the claims' pods have been finished as well. */
  private Race.Outcome raceClaims(List<String> problems) throws InterruptedException {
    try (SharedIndexInformer<PersistentVolume> _ =
            client.persistentVolumes().inform(stations.volumes());
        SharedIndexInformer<Pod> _ =
            client
                .pods()
                .inNamespace(cluster.trusted())
                .withLabel("app.kubernetes.io/managed-by", "dory-flex-provisioner")
                .inform(stations.pods())) {
      Race.Outcome outcome =
          races.claims(
              IntStream.range(0, count)
                  .mapToObj(i -> objects.claim(i, scene.storageClass()))
                  .toList());
      problems.addAll(scene.awaitRequestsDone());
      return outcome;
    }
  }

  private InstantPods instantPods() {
    Set<String> namespaces = new TreeSet<>();
    if (instant) {
      namespaces.add(objects.run());
      if (!cluster.endsInstantPods()) {
        namespaces.add(cluster.trusted());
      }
    }
    return new InstantPods(client, objects, namespaces);
  }

  private List<String> warnings() {
    return client.v1().events().inNamespace(objects.run()).list().getItems().stream()
        .filter(event -> "Warning".equals(event.getType()))
        .map(event -> event.getInvolvedObject().getName() + ": " + event.getMessage())
        .distinct()
        .limit(3)
        .toList();
  }
}
