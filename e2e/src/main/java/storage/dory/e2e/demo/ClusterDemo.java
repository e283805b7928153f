// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.demo;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import storage.dory.e2e.process.Checkout;
import storage.dory.e2e.process.Command;

/** The demo on a given cluster, whose nodes have the project's images. */
final class ClusterDemo {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final String NAME = "app.kubernetes.io/name";

  private final Checkout checkout;
  private final Path kubeconfig;
  private final PrintStream out;
  private final boolean keep;

  /**
   * @param keep leaves claim and a pod that uses it
   */
  ClusterDemo(Checkout checkout, Path kubeconfig, PrintStream out, boolean keep) {
    this.checkout = checkout;
    this.kubeconfig = kubeconfig;
    this.out = out;
    this.keep = keep;
  }

  /** Runs it and removes its claim and pods, also when a step fails. */
  void run() throws StepFailed, InterruptedException {
    if (!Command.of("kubectl", "version", "--client").run(Duration.ofSeconds(20)).good()) {
      throw new StepFailed("kubectl is not in PATH: --kubeconfig needs it");
    }
    Kubectl kubectl = new Kubectl(kubeconfig);
    try (KubernetesClient client =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
            .build()) {
      out.println("cluster " + client.getMasterUrl());
      ClusterView cluster = new ClusterView(client, "default");
      Timeline timeline = new Timeline(out, PAUSE, cluster::lastEvents);
      DemoObjects objects = new DemoObjects("default");
      try {
        boolean applied = install(client, kubectl, timeline);
        Scenario scenario =
            new Scenario(
                client, cluster, new ClusterNode(client, kubectl), timeline, objects, LIMIT);
        if (applied) {
          scenario.offer();
        } else {
          scenario.classMade();
        }
        ready(timeline, client, "volume client ready", "dory.storage/volume-client", "local");
        scenario.run();
        out.printf("%nall %d steps passed in %.1f s%n", timeline.steps(), timeline.seconds());
        if (keep) {
          out.println("Dory and the class \"local\" stay; the demo's own claim and pods are gone");
        }
      } finally {
        client.resource(objects.writer()).delete();
        client.resource(objects.reader()).delete();
        client.resource(objects.claim()).delete();
      }
    }
  }

  /** Whether the ConfigMap was applied by us just now. */
  private boolean install(KubernetesClient client, Kubectl kubectl, Timeline timeline)
      throws StepFailed, InterruptedException {
    if (client
        .apps()
        .deployments()
        .inNamespace(DemoObjects.SYSTEM)
        .withLabel(NAME, "flex-provisioner")
        .list()
        .getItems()
        .isEmpty()) {
      kubectl.run("apply", "-k", checkout.root().resolve("configmaps/install").toString());
    }
    ready(timeline, client, "provisioner ready", NAME, "flex-provisioner");
    ready(timeline, client, "agent ready", NAME, "dory-agent");
    if (client.configMaps().inNamespace(DemoObjects.SYSTEM).withName(DemoObjects.CLASS).get()
        == null) {
      kubectl.run("apply", "-k", checkout.root().resolve("configmaps/examples/local").toString());
      return true;
    }
    return false;
  }

  private static void ready(
      Timeline timeline, KubernetesClient client, String title, String label, String value)
      throws StepFailed, InterruptedException {
    timeline.step(
        title,
        "pods " + label + "=" + value + " in " + DemoObjects.SYSTEM + " that are Ready",
        LIMIT,
        () -> {
          List<Pod> pods =
              client
                  .pods()
                  .inNamespace(DemoObjects.SYSTEM)
                  .withLabel(label, value)
                  .list()
                  .getItems();
          Optional<String> image =
              pods.stream().flatMap(pod -> ClusterView.imageMissing(pod).stream()).findFirst();
          if (image.isPresent()) {
            return new Seen.Never(
                image.get() + "; make the images with vcs-images/build and put them on every node");
          }
          long ready = pods.stream().filter(ClusterDemo::isReady).count();
          return Seen.when(
              ready > 0 && ready == pods.size(),
              pods.size() + " pods",
              ready + " of " + pods.size() + " pods are Ready");
        });
  }

  private static boolean isReady(Pod pod) {
    return pod.getStatus() != null
        && pod.getStatus().getConditions().stream()
            .anyMatch(condition ->
                "Ready".equals(condition.getType()) && "True".equals(condition.getStatus()));
  }
}
