// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import storage.dory.e2e.demo.EmbeddedStage;
import storage.dory.e2e.process.Checkout;

/** The embedded server with all our programs. */
final class EmbeddedBenchCluster implements BenchCluster {
  private static final Duration START = Duration.ofMinutes(1);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final EmbeddedStage stage;
  private final KubernetesClient client;

  private EmbeddedBenchCluster(EmbeddedStage stage, KubernetesClient client) {
    this.stage = stage;
    this.client = client;
  }

  /** Starts everything and waits until it serves. */
  static EmbeddedBenchCluster start(
      Checkout checkout, Path work, boolean instant, Progress progress)
      throws IOException, InterruptedException {
    EmbeddedStage stage = new EmbeddedStage(checkout, work);
    boolean serves = false;
    try {
      progress.part("starting the embedded server, plugin, agent and provisioner");
      stage.startFoundations(instant);
      awaitReady(stage);
      stage.startDory();
      awaitReady(stage);
      KubernetesClient client = BenchCluster.client(stage.kubeconfig());
      stage.offer(client);
      serves = true;
      return new EmbeddedBenchCluster(stage, client);
    } finally {
      if (!serves) {
        stage.close();
      }
    }
  }

  @Override
  public String words() {
    return "embedded server, a stand-in and no Kubernetes";
  }

  @Override
  public KubernetesClient client() {
    return client;
  }

  @Override
  public String trusted() {
    return "dory-system";
  }

  @Override
  public boolean endsInstantPods() {
    return true;
  }

  @Override
  public Map<String, Long> requests() throws IOException {
    return JSON.readValue(
        client.raw("/embedded/clients"), new TypeReference<Map<String, Long>>() {});
  }

  @Override
  public ProvisionerFigures figures() {
    return new ProvisionerFigures(
        Map.of(),
        Optional.of(ProcessFigures.processor(stage.pid("flex-provisioner"))),
        OptionalLong.empty());
  }

  @Override
  public String provisionerPeak() {
    return ProcessFigures.words(ProcessFigures.peak(stage.pid("flex-provisioner"))) + " (VmHWM)";
  }

  @Override
  public void close() {
    client.close();
    stage.close();
  }

  private static void awaitReady(EmbeddedStage stage) throws IOException, InterruptedException {
    long end = System.nanoTime() + START.toNanos();
    while (!stage.notReady().isEmpty()) {
      if (System.nanoTime() - end > 0) {
        throw new BenchFailed(
            stage.notReady() + " did not get ready within " + START.toSeconds() + " s");
      }
      Thread.sleep(20);
    }
  }
}
