// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import storage.dory.kubectl.cluster.Cluster;
import storage.dory.kubectl.cluster.NoAnswer;
import storage.dory.kubectl.cluster.Seen;
import storage.dory.kubectl.show.Answer;
import storage.dory.kubectl.why.Explanation;
import storage.dory.kubectl.why.Story;
import storage.dory.provisioner.claim.ClaimReader;
import storage.dory.provisioner.volume.Marks;

/** {@code kubectl dory why}. */
@Command(
    name = "why",
    mixinStandardHelpOptions = true,
    description = "What a claim has gone through, where it stands, why, and what to do.")
final class WhyCommand implements Callable<Integer> {
  private static final Set<String> KINDS =
      Set.of("pvc", "persistentvolumeclaim", "persistentvolumeclaims");

  private final Console console;

  @Mixin private final ClusterFlags flags = new ClusterFlags();

  @Parameters(paramLabel = "pvc/NAME", description = "the claim")
  private String claim = "";

  WhyCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    String name = ObjectName.of(claim, KINDS, "pvc/NAME");
    return flags.answer(console, cluster -> why(cluster, flags.namespace(), name));
  }

  private Answer why(Cluster cluster, String namespace, String name) {
    PersistentVolumeClaim found =
        cluster
            .claim(namespace, name)
            .orElseThrow(() ->
                new NoAnswer(
                    "there is no claim "
                        + name
                        + " in namespace "
                        + namespace
                        + "; name another with -n"));
    String uid = found.getMetadata().getUid();
    String storageClass = ClaimReader.read(found).storageClass().orElse("");
    Seen<Pod> pods = cluster.ifAllowed(cluster::requestPods);
    tell(pods, "what its provisioning pod says is not shown");
    Seen<ConfigMap> definitions = cluster.ifAllowed(() -> cluster.definitions(""));
    List<ConfigMap> ofClass =
        definitions.items().stream()
            .filter(map -> storageClass.equals(label(map, "storage-class")))
            .toList();
    List<Pod> requests =
        pods.items().stream().filter(pod -> uid.equals(label(pod, Marks.REQUEST))).toList();
    Seen<Event> claimEvents = cluster.ifAllowed(() -> cluster.events(namespace));
    tell(claimEvents, "events are not shown");
    return new Explanation(
            new Story(
                found,
                storageClass.isEmpty()
                    ? Optional.empty()
                    : one(
                        cluster.ifAllowed(
                            () -> cluster.storageClass(storageClass).stream().toList())),
                ofClass,
                definitions instanceof Seen.Hidden<ConfigMap>,
                requests,
                this.<PersistentVolume>one(
                    cluster.ifAllowed(() -> cluster.volume("pvc-" + uid).stream().toList())),
                about(claimEvents.items(), uid),
                podEvents(cluster, ofClass, requests, uid),
                ready(cluster)),
            console.now())
        .answer();
  }

  private <T> Optional<T> one(Seen<T> seen) {
    return seen.items().stream().findFirst();
  }

  private static List<Event> about(List<Event> events, String uid) {
    return events.stream()
        .filter(event ->
            event.getInvolvedObject() != null && uid.equals(event.getInvolvedObject().getUid()))
        .toList();
  }

  /** Also of pods that have gone: where the class's ConfigMaps are, there its pods ran. */
  private static List<Event> podEvents(
      Cluster cluster, List<ConfigMap> definitions, List<Pod> pods, String uid) {
    Set<String> namespaces = new TreeSet<>();
    definitions.forEach(map -> namespaces.add(map.getMetadata().getNamespace()));
    pods.forEach(pod -> namespaces.add(pod.getMetadata().getNamespace()));
    List<Event> events = new ArrayList<>();
    for (String namespace : namespaces) {
      events.addAll(cluster.ifAllowed(() -> cluster.events(namespace)).items());
    }
    return events.stream()
        .filter(event ->
            event.getInvolvedObject() != null
                && String.valueOf(event.getInvolvedObject().getName())
                    .startsWith("dory-provision-" + uid + "-"))
        .toList();
  }

  private static Optional<Integer> ready(Cluster cluster) {
    return switch (cluster.ifAllowed(cluster::provisioners)) {
      case Seen.All<Pod>(List<Pod> pods) ->
          Optional.of((int) pods.stream().filter(Readiness::isPodReady).count());
      case Seen.Hidden<Pod> hidden -> Optional.empty();
    };
  }

  private void tell(Seen<?> seen, String without) {
    switch (seen) {
      case Seen.All<?> all -> {}
      case Seen.Hidden<?>(var right) -> console.note("not allowed to " + right + ": " + without);
    }
  }

  private static String label(io.fabric8.kubernetes.api.model.HasMetadata object, String name) {
    Map<String, String> labels = object.getMetadata().getLabels();
    return labels == null ? "" : labels.getOrDefault(name, "");
  }
}
