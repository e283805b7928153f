// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

/**
 * A node of the cluster with its kubelet, on which the run has a plugin of its own, run by the
 * provisioner as a volume client. Pods are deleted, deleted by force, or their process is killed.
 */
final class RealChaosNode implements ChaosNode {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration READY = Duration.ofMinutes(2);
  private static final long LOOK_MILLIS = 500;

  /** Asks the plugin what the Docker Volume Plugin protocol has for it. */
  private static final String LIST =
      """
      use IO::Socket::UNIX;
      my $socket = IO::Socket::UNIX->new(Peer => $ENV{DORY_PLUGIN_SOCKET}) or die "no plugin: $!";
      $socket->autoflush(1);
      print $socket "POST /VolumeDriver.List HTTP/1.0\\r\\nHost: x\\r\\nContent-Length: 2\\r\\n\\r\\n{}";
      local $/;
      my $answer = <$socket>;
      $answer =~ s/^.*?\\r\\n\\r\\n//s;
      print $answer;
      """;

  private final KubernetesClient client;
  private final ClaimObjects objects;
  private final Progress progress;
  private final String node;
  private final NodeWatch watch;

  RealChaosNode(KubernetesClient client, ClaimObjects objects, Progress progress) {
    this.client = client;
    this.objects = objects;
    this.progress = progress;
    this.node = anyReady(client);
    this.watch = new NodeWatch(client, objects.run());
  }

  @Override
  public String words() {
    return "real pods on node " + node + " with a plugin of their own";
  }

  @Override
  public String kubeApi() {
    ServiceSpec service =
        client.services().inNamespace("default").withName("kubernetes").get().getSpec();
    return "https://"
        + (service.getClusterIP().contains(":")
            ? "[" + service.getClusterIP() + "]"
            : service.getClusterIP())
        + ":"
        + service.getPorts().getFirst().getPort();
  }

  @Override
  public ConfigMap definition() {
    return objects.realDefinition(objects.run(), node);
  }

  @Override
  public void prepare() throws InterruptedException {
    client.resource(objects.role()).create();
    client.resource(objects.binding()).create();
    client.resource(NodeWatch.pod(objects.run(), node)).create();
    await("the pod that watches the node runs", watch::running);
    await("the plugin answers", this::answers);
  }

  @Override
  public void wild(boolean wanted) {
    // they do not fail by themselves
  }

  @Override
  public Optional<String> strike(Pod pod, Random random) {
    try {
      // most of the time nothing runs in a pod, and only what runs can be killed
      return switch (random.nextInt(5)) {
        case 0 -> delete(pod, 5, "deleted");
        case 1 -> delete(pod, 0, "deleted by force");
        default -> kill(pod);
      };
    } catch (KubernetesClientException e) {
      return Optional.empty(); // it went by itself
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  @Override
  public Set<String> volumes() {
    try {
      Set<String> names = new TreeSet<>();
      JsonNode answer = JSON.readTree(client().run("perl", "-e", LIST));
      if (!answer.path("Err").asText("").isEmpty()) {
        throw new BenchFailed("the plugin's List: " + answer.path("Err").asText());
      }
      answer.path("Volumes").forEach(volume -> names.add(volume.path("Name").asText()));
      return names;
    } catch (JsonProcessingException e) {
      throw new BenchFailed("the plugin's List is not JSON: " + e.getOriginalMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchFailed("interrupted while the plugin was asked");
    }
  }

  @Override
  public Set<String> doubled() {
    return watch.doubled();
  }

  @Override
  public List<String> tidy() throws InterruptedException {
    client.resource(definition()).delete();
    client
        .apps()
        .daemonSets()
        .inNamespace(objects.run())
        .withLabel("dory.storage/volume-client", objects.run())
        .delete();
    client.resource(objects.binding()).delete();
    client.resource(objects.role()).delete();
    try {
      await("the plugin's pod is gone", () -> clients().isEmpty());
      watch.removeTraces(objects.run());
      return List.of();
    } catch (BenchFailed e) {
      return List.of("on node " + node + ", of plugin " + objects.run() + ": " + e.getMessage());
    }
  }

  @Override
  public void close() {
    // its pods go with the namespace
  }

  private Optional<String> delete(Pod pod, long grace, String words) {
    var _ = client.resource(pod).withGracePeriod(grace).delete();
    return Optional.of(words);
  }

  private Optional<String> kill(Pod pod) throws InterruptedException {
    String volume = "pvc-" + pod.getMetadata().getLabels().get("dory.storage/request");
    return watch.kill(volume) ? Optional.of("process killed") : Optional.empty();
  }

  private boolean answers() {
    try {
      return volumes().isEmpty();
    } catch (BenchFailed | KubernetesClientException e) {
      return false;
    }
  }

  private NodeShell client() {
    return clients().stream()
        .findFirst()
        .map(pod -> new NodeShell(client, objects.run(), pod.getMetadata().getName()))
        .orElseThrow(() -> new BenchFailed("the plugin " + objects.run() + " has no pod"));
  }

  private List<Pod> clients() {
    return client
        .pods()
        .inNamespace(objects.run())
        .withLabel("dory.storage/volume-client", objects.run())
        .list()
        .getItems();
  }

  private void await(String what, BooleanSupplier until) throws InterruptedException {
    progress.part("waiting: " + what);
    long end = System.nanoTime() + READY.toNanos();
    while (!until.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new BenchFailed("not within " + READY.toSeconds() + " s: " + what);
      }
      Thread.sleep(LOOK_MILLIS);
    }
  }

  private static String anyReady(KubernetesClient client) {
    return client.nodes().list().getItems().stream()
        .filter(node -> !Boolean.TRUE.equals(node.getSpec().getUnschedulable()))
        .filter(RealChaosNode::ready)
        .map(node -> node.getMetadata().getName())
        .sorted()
        .findFirst()
        .orElseThrow(() -> new BenchFailed("no node of the cluster is ready"));
  }

  private static boolean ready(Node node) {
    return node.getStatus().getConditions().stream()
        .anyMatch(condition ->
            condition.getType().equals("Ready") && condition.getStatus().equals("True"));
  }
}
