// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import storage.dory.e2e.demo.Kubectl;
import storage.dory.e2e.process.Checkout;
import storage.dory.e2e.process.Checkout.Program;
import storage.dory.e2e.process.RunningProgram;

/** A given cluster, with the provisioner that is installed there, else with one of our own. */
final class GivenBenchCluster implements BenchCluster {
  private static final Duration START = Duration.ofMinutes(1);
  private static final String SYSTEM = "dory-system";
  private static final String OUR_CLIENT = "fabric8-kubernetes-client";

  private final KubernetesClient client;
  private final Path kubeconfig;
  private final String namespace;
  private final Optional<RunningProgram> own;

  private GivenBenchCluster(
      KubernetesClient client, Path kubeconfig, String namespace, Optional<RunningProgram> own) {
    this.client = client;
    this.kubeconfig = kubeconfig;
    this.namespace = namespace;
    this.own = own;
  }

  /**
   * @param run namespace of the run, where a provisioner of our own looks for ConfigMaps
   */
  static GivenBenchCluster open(Checkout checkout, Path work, Path kubeconfig, String run)
      throws IOException, InterruptedException {
    KubernetesClient client = BenchCluster.client(kubeconfig);
    boolean opened = false;
    try {
      Optional<RunningProgram> own =
          installed(client)
              ? Optional.empty()
              : Optional.of(start(checkout, work, kubeconfig, run));
      opened = true;
      return new GivenBenchCluster(client, kubeconfig, own.isPresent() ? run : SYSTEM, own);
    } finally {
      if (!opened) {
        client.close();
      }
    }
  }

  @Override
  public String words() {
    return "cluster "
        + client.getMasterUrl()
        + (own.isPresent() ? " with a provisioner process of the bench" : "");
  }

  @Override
  public KubernetesClient client() {
    return client;
  }

  @Override
  public String trusted() {
    return namespace;
  }

  @Override
  public boolean endsInstantPods() {
    return false;
  }

  @Override
  public Map<String, Long> requests() throws IOException {
    return Map.of(OUR_CLIENT, figures().requestsInAll());
  }

  @Override
  public ProvisionerFigures figures() throws IOException {
    return ProvisionerFigures.read(own.isPresent() ? pageOf(own.get()) : pageOf(leader()));
  }

  private static String pageOf(RunningProgram program) throws IOException {
    String port = program.readyLine().orElse("").replaceFirst(".*port=", "");
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                  .timeout(Duration.ofSeconds(10))
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** By way of the API server: pods of a cluster may be out of reach. */
  private String pageOf(String pod) {
    String page =
        client.raw("/api/v1/namespaces/" + SYSTEM + "/pods/" + pod + ":8080/proxy/metrics");
    return page == null ? "" : page;
  }

  @Override
  public String provisionerPeak() {
    if (own.isPresent()) {
      return ProcessFigures.words(ProcessFigures.peak(own.get().pid())) + " (VmHWM)";
    }
    try {
      String status =
          new Kubectl(kubeconfig)
              .run("--namespace", SYSTEM, "exec", leader(), "--", "cat", "/proc/1/status");
      return ProcessFigures.words(ProcessFigures.in(status, "VmHWM")) + " (VmHWM since its start)";
    } catch (IllegalStateException e) {
      return Figures.UNKNOWN + " (" + e.getMessage() + ")";
    }
  }

  /** The pod that works, by the lease. */
  private String leader() {
    Lease lease = client.leases().inNamespace(SYSTEM).withName("dory-flex-provisioner").get();
    if (lease == null) {
      throw new IllegalStateException("there is no lease that names the provisioner that works");
    }
    return lease.getSpec().getHolderIdentity().replaceFirst("_.*", "");
  }

  @Override
  public void close() {
    own.ifPresent(RunningProgram::close);
    client.close();
  }

  private static boolean installed(KubernetesClient client) {
    List<Pod> pods =
        client
            .pods()
            .inNamespace(SYSTEM)
            .withLabel("app.kubernetes.io/name", "flex-provisioner")
            .list()
            .getItems();
    return pods.stream().anyMatch(Readiness::isPodReady);
  }

  private static RunningProgram start(Checkout checkout, Path work, Path kubeconfig, String run)
      throws IOException, InterruptedException {
    RunningProgram program =
        RunningProgram.start(
            "flex-provisioner",
            checkout.command(
                Program.FLEX_PROVISIONER,
                List.of(
                    "--kubeconfig",
                    kubeconfig.toAbsolutePath().toString(),
                    "--namespace",
                    run,
                    "--port",
                    "0")),
            Map.of(),
            Files.createDirectories(work.resolve("logs")).resolve("flex-provisioner.log"));
    long end = System.nanoTime() + START.toNanos();
    while (program.readyLine().isEmpty()) {
      if (!program.running() || System.nanoTime() - end > 0) {
        program.close();
        throw new BenchFailed(
            "no provisioner is ready in "
                + SYSTEM
                + ", and one of our own did not get ready, log "
                + program.log());
      }
      Thread.sleep(20);
    }
    return program;
  }
}
