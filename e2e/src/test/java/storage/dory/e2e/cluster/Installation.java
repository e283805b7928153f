// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Dory on a cluster, installed as the README says, and what a test may ask of its nodes. */
final class Installation implements AutoCloseable {
  static final String NAMESPACE = "dory-system";

  /** Where kubelet looks for drivers unless it is told otherwise. */
  static final String DRIVERS = "/usr/libexec/kubernetes/kubelet-plugins/volume/exec";

  private static final Duration READY = Duration.ofMinutes(3);
  private static final long EXEC_SECONDS = 30;

  private final Cluster cluster;

  Installation(Cluster cluster) {
    this.cluster = cluster;
    cluster.apply("configmaps/install");
    awaitReady("flex provisioner ready", "app.kubernetes.io/name=flex-provisioner");
    awaitReady("agent ready", "app.kubernetes.io/name=dory-agent");
  }

  /** A failure says what the pods and the cluster's events say. */
  private void awaitReady(String what, String label) {
    await(what)
        .atMost(READY)
        .untilAsserted(() ->
            assertThat(ready(label))
                .as(() -> what + "; pods " + states(label) + "; warnings " + warnings())
                .isTrue());
  }

  private List<String> states(String label) {
    return client()
        .pods()
        .inNamespace(NAMESPACE)
        .withLabelSelector(label)
        .list()
        .getItems()
        .stream()
        .flatMap(pod -> pod.getStatus().getContainerStatuses().stream())
        .map(status -> status.getName() + " " + status.getState() + " " + status.getLastState())
        .toList();
  }

  private List<String> warnings() {
    return client().v1().events().inNamespace(NAMESPACE).list().getItems().stream()
        .filter(event -> "Warning".equals(event.getType()))
        .map(event -> event.getInvolvedObject().getName() + " " + event.getMessage())
        .distinct()
        .limit(10)
        .toList();
  }

  /** A file by which programs reach the cluster. */
  Path kubeconfig(Path directory) throws IOException {
    return cluster.kubeconfig(directory);
  }

  KubernetesClient client() {
    return cluster.client();
  }

  /**
   * Applies an example and waits for its volume client and for the driver that the agent installs.
   */
  void offer(String example) {
    offer(example, DRIVERS);
  }

  /** As {@link #offer(String)}, where kubelet looks for drivers in another directory. */
  void offer(String example, String drivers) {
    cluster.apply("configmaps/examples/" + example);
    await("volume client ready")
        .atMost(READY)
        .until(() -> ready("dory.storage/volume-client=" + example));
    await("plugin answers")
        .atMost(READY)
        .ignoreExceptions()
        .until(() -> pluginSays(example, "Plugin.Activate").contains("VolumeDriver"));
    awaitDriver(example, drivers);
  }

  /** Waits until the driver of a plugin is where kubelet looks for it. */
  void awaitDriver(String plugin) {
    awaitDriver(plugin, DRIVERS);
  }

  private void awaitDriver(String plugin, String drivers) {
    await("driver installed")
        .atMost(READY)
        .ignoreExceptions()
        .until(() -> hasDriver(plugin, drivers));
  }

  /** Whether the driver of a plugin is where kubelet looks for it. */
  boolean hasDriver(String plugin) {
    return hasDriver(plugin, DRIVERS);
  }

  /** Takes a directory of drivers away that kubelet does not look into any more. */
  void forgetDrivers(String drivers) {
    inAgent("sh", "-c", "rm -r /proc/$(pidof kubelet)/root" + drivers);
  }

  private boolean hasDriver(String plugin, String drivers) {
    String shell =
        "for p in /proc/[0-9]*; do if [ \"$(cat $p/comm)\" = kubelet ]; then"
            + " ls $p/root"
            + drivers
            + "; fi; done";
    return inAgent("sh", "-c", shell).lines().anyMatch(("dory.storage~" + plugin)::equals);
  }

  /** Starts the agent anew with other arguments and waits until it serves. */
  void agentWith(String... args) {
    Pod before = only("app.kubernetes.io/name=dory-agent");
    client()
        .apps()
        .daemonSets()
        .inNamespace(NAMESPACE)
        .withName("dory-agent")
        .edit(set ->
            new DaemonSetBuilder(set)
                .editSpec()
                .editTemplate()
                .editSpec()
                .editFirstContainer()
                .withArgs(args)
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build());
    awaitAgentAfter(before);
  }

  /** Starts the agent anew as it is and waits until it serves. */
  void agentAnew() {
    Pod before = only("app.kubernetes.io/name=dory-agent");
    client().resource(before).delete();
    awaitAgentAfter(before);
  }

  private void awaitAgentAfter(Pod before) {
    await("the agent's pod replaced")
        .atMost(READY)
        .ignoreExceptions()
        .until(() ->
            !only("app.kubernetes.io/name=dory-agent")
                .getMetadata()
                .getUid()
                .equals(before.getMetadata().getUid()));
    awaitReady("agent ready", "app.kubernetes.io/name=dory-agent");
  }

  /** What the agent has logged. */
  String agentLog() {
    return client()
        .pods()
        .inNamespace(NAMESPACE)
        .withName(only("app.kubernetes.io/name=dory-agent").getMetadata().getName())
        .getLog();
  }

  /** The names of the volumes that a plugin on the node lists, as the plugin wrote them. */
  String volumesOf(String plugin) {
    return pluginSays(plugin, "VolumeDriver.List");
  }

  /** The mounts of the node as the agent sees them: kubelet's directory and the volumes. */
  String mounts() {
    return inAgent("cat", "/proc/self/mountinfo");
  }

  /** The pod that runs the volume client of an example. */
  Pod volumeClient(String example) {
    return only("dory.storage/volume-client=" + example);
  }

  /** Kills a program in the container of an example's volume client with SIGKILL. */
  void killInVolumeClient(String example, String program) {
    signalInVolumeClient(example, program, "KILL");
  }

  /** How often kubelet has started the volume client of an example again. */
  int restartsOfVolumeClient(String example) {
    return volumeClient(example).getStatus().getContainerStatuses().getFirst().getRestartCount();
  }

  /** Sends a program in the container of an example's volume client a signal, such as STOP. */
  void signalInVolumeClient(String example, String program, String signal) {
    String kill =
        "for p in /proc/[0-9]*; do [ \"$(cat $p/comm)\" = "
            + program
            + " ] && kill -"
            + signal
            + " ${p#/proc/} && exit 0; done; exit 1";
    String said = in("dory.storage/volume-client=" + example, "sh", "-c", kill);
    assertThat(said).isEmpty();
  }

  /** Ends the volume client of an example and waits until its pod is gone. */
  void stopVolumeClient(String example) {
    placeVolumeClient(example, Map.of("dory.storage/nowhere", "true"));
    await("volume client gone")
        .atMost(READY)
        .until(() ->
            client()
                .pods()
                .inNamespace(NAMESPACE)
                .withLabel("dory.storage/volume-client", example)
                .list()
                .getItems()
                .isEmpty());
  }

  /** Undoes {@link #stopVolumeClient}. */
  void startVolumeClient(String example) {
    placeVolumeClient(example, Map.of());
    await("volume client ready")
        .atMost(READY)
        .until(() -> ready("dory.storage/volume-client=" + example));
  }

  private void placeVolumeClient(String example, Map<String, String> nodes) {
    client()
        .apps()
        .daemonSets()
        .inNamespace(NAMESPACE)
        .withName("vcs-" + example)
        .edit(set ->
            new DaemonSetBuilder(set)
                .editSpec()
                .editTemplate()
                .editSpec()
                .withNodeSelector(nodes)
                .endSpec()
                .endTemplate()
                .endSpec()
                .build());
  }

  /** The pod of the flex provisioner that works, by its lease. */
  Pod provisioner() {
    String holder =
        client()
            .leases()
            .inNamespace(NAMESPACE)
            .withName("dory-flex-provisioner")
            .get()
            .getSpec()
            .getHolderIdentity();
    return client()
        .pods()
        .inNamespace(NAMESPACE)
        .withLabel("app.kubernetes.io/name", "flex-provisioner")
        .list()
        .getItems()
        .stream()
        .filter(
            pod -> holder.equals(pod.getMetadata().getName() + "_" + pod.getMetadata().getUid()))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("the lease is held by " + holder));
  }

  boolean ready(String label) {
    List<Pod> pods =
        client().pods().inNamespace(NAMESPACE).withLabelSelector(label).list().getItems();
    return !pods.isEmpty()
        && pods.stream()
            .allMatch(pod ->
                pod.getMetadata().getDeletionTimestamp() == null
                    && pod.getStatus().getConditions().stream()
                        .anyMatch(condition ->
                            condition.getType().equals("Ready")
                                && condition.getStatus().equals("True")));
  }

  @Override
  public void close() {
    cluster.close();
  }

  private String pluginSays(String plugin, String call) {
    String request =
        "POST /" + call + " HTTP/1.0\\r\\nHost: x\\r\\nContent-Length: 2\\r\\n\\r\\n{}";
    return inAgent(
        "perl",
        "-MIO::Socket::UNIX",
        "-e",
        "my $s = IO::Socket::UNIX->new(Peer => '/run/docker/plugins/"
            + plugin
            + ".sock') or die $!; $s->autoflush(1); print $s \""
            + request
            + "\"; print while <$s>;");
  }

  private Pod only(String label) {
    return client()
        .pods()
        .inNamespace(NAMESPACE)
        .withLabelSelector(label)
        .list()
        .getItems()
        .stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no pod with " + label));
  }

  private String inAgent(String... command) {
    return in("app.kubernetes.io/name=dory-agent", command);
  }

  private String in(String label, String... command) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    String pod = only(label).getMetadata().getName();
    try (ExecWatch watch =
        client()
            .pods()
            .inNamespace(NAMESPACE)
            .withName(pod)
            .writingOutput(out)
            .writingError(err)
            .exec(command)) {
      int exit = watch.exitCode().get(EXEC_SECONDS, TimeUnit.SECONDS);
      if (exit != 0) {
        throw new IllegalStateException(
            String.join(" ", command)
                + ": exit "
                + exit
                + " "
                + err.toString(StandardCharsets.UTF_8));
      }
      return out.toString(StandardCharsets.UTF_8);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(String.join(" ", command) + " in " + pod + ": " + e, e);
    }
  }
}
