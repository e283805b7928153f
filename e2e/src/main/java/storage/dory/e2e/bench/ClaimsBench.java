// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import storage.dory.e2e.demo.EmbeddedStage;
import storage.dory.e2e.demo.Kubectl;
import storage.dory.e2e.process.Checkout;

/** Claims filed at once, to Bound: on the embedded cluster, and on a real one beside bare pods. */
@Command(
    name = "claims",
    mixinStandardHelpOptions = true,
    description = "N claims to Bound, on the embedded cluster and on a given one.")
final class ClaimsBench implements Callable<Integer> {
  private static final Duration START = Duration.ofMinutes(1);
  private static final String KIT_IMAGE = "dory/docker-plugin-provisioner:0.1.0";

  /** What a provisioning pod is on the embedded cluster. */
  enum Pods {
    /** The provisioner kit, as a process. */
    real,
    /** Nothing but its PersistentVolume: what is left is the provisioner's own time. */
    instant
  }

  @Option(names = "--kubeconfig", description = "also on this cluster, which has the class local")
  private @Nullable Path kubeconfig;

  @Option(names = "--count", defaultValue = "20", description = "claims, default ${DEFAULT-VALUE}")
  private int count;

  @Option(
      names = "--pods",
      defaultValue = "real",
      description = "on the embedded cluster: ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}")
  private Pods pods = Pods.real;

  private final Checkout checkout;
  private final PrintStream out;

  ClaimsBench(Checkout checkout, PrintStream out) {
    this.checkout = checkout;
    this.out = out;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    out.println(Times.HEAD);
    embedded();
    if (kubeconfig != null) {
      real(kubeconfig);
    }
    return 0;
  }

  private void embedded() throws IOException, InterruptedException {
    Path work = Files.createTempDirectory(Path.of("/tmp"), "b");
    try (EmbeddedStage stage = new EmbeddedStage(checkout, work)) {
      stage.startFoundations(pods == Pods.instant);
      awaitReady(stage);
      stage.startDory();
      awaitReady(stage);
      try (KubernetesClient client = stage.client()) {
        stage.offer(client);
        Times times = new ClaimSeries(client, "default", count).claims();
        out.println(times.row("claims, embedded, " + pods + " pods"));
        out.printf(
            "%nembedded: requests to the API %s; peak memory of the provisioner %s%n",
            client.raw("/embedded/requests"),
            PeakMemory.text(PeakMemory.of(stage.pid("flex-provisioner"))));
      }
    }
    try (var all = Files.walk(work)) {
      for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  private void real(Path file) throws InterruptedException {
    try (KubernetesClient client =
        new KubernetesClientBuilder().withConfig(Config.fromKubeconfig(file.toFile())).build()) {
      if (client.storage().v1().storageClasses().withName("local").get() == null) {
        throw new IllegalStateException(
            "no class local on "
                + client.getMasterUrl()
                + ": kubectl apply -k configmaps/install, then configmaps/examples/local");
      }
      ClaimSeries series = new ClaimSeries(client, "default", count);
      Times bare = series.pods(KIT_IMAGE);
      Times claims = series.claims();
      out.printf(
          "%n%s%n%s%n%s%n",
          Times.HEAD, bare.row("bare pods, cluster"), claims.row("claims, cluster"));
      out.printf(
          Locale.ROOT,
          "%ncluster: a claim takes %.2f times a bare pod (p50), %d claims %.2f times as many pods"
              + " (wall)%n",
          claims.percentile(0.5) / bare.percentile(0.5),
          count,
          (double) claims.wall().toNanos() / bare.wall().toNanos());
      out.println("cluster: peak memory of the provisioner " + peak(file));
    }
  }

  private static String peak(Path file) {
    try {
      String status =
          new Kubectl(file)
              .run(
                  "--namespace",
                  "dory-system",
                  "exec",
                  "deploy/flex-provisioner",
                  "--",
                  "cat",
                  "/proc/1/status");
      return PeakMemory.text(PeakMemory.in(status));
    } catch (IllegalStateException e) {
      return PeakMemory.text(OptionalLong.empty()) + " (" + e.getMessage() + ")";
    }
  }

  private static void awaitReady(EmbeddedStage stage) throws IOException, InterruptedException {
    long end = System.nanoTime() + START.toNanos();
    while (!stage.notReady().isEmpty()) {
      if (System.nanoTime() > end) {
        throw new IOException(stage.notReady() + " did not get ready, logs in " + stage.logs());
      }
      Thread.sleep(50);
    }
  }
}
