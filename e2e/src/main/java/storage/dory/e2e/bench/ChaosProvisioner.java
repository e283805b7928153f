// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import storage.dory.e2e.faults.FaultPlan;
import storage.dory.e2e.faults.FaultProxy;
import storage.dory.e2e.process.Checkout;
import storage.dory.e2e.process.Checkout.Program;
import storage.dory.e2e.process.RunningProgram;

/**
 * A provisioner process that reaches the API server only through faults, and that can be killed and
 * started again. Closing ends it, the proxies and their files.
 */
final class ChaosProvisioner implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(60);

  private final Path work;
  private final List<String> command;
  private final RunningProgram api;
  private final FaultProxy proxy;
  private RunningProgram running;
  private int starts = 1;

  private ChaosProvisioner(
      Path work,
      List<String> command,
      RunningProgram api,
      FaultProxy proxy,
      RunningProgram running) {
    this.work = work;
    this.command = command;
    this.api = api;
    this.proxy = proxy;
    this.running = running;
  }

  /**
   * Starts it.
   *
   * @param kubeApi URL that pods are handed
   */
  static ChaosProvisioner start(
      Checkout checkout,
      Path work,
      Path kubeconfig,
      String namespace,
      String kubeApi,
      FaultPlan plan)
      throws IOException, InterruptedException {
    Path logs = Files.createDirectories(work.resolve("logs"));
    Path doors =
        Files.createTempDirectory(
            work,
            "api",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path socket = doors.resolve("api.sock");
    // terminates TLS and knows every kind of login of a kubeconfig
    RunningProgram api =
        RunningProgram.start(
            "kubectl proxy",
            List.of(
                "kubectl",
                "--kubeconfig=" + kubeconfig.toAbsolutePath(),
                "proxy",
                "--unix-socket=" + socket),
            Map.of(),
            logs.resolve("kubectl-proxy.log"));
    long end = System.nanoTime() + START.toNanos();
    while (!Files.exists(socket)) {
      if (!api.running() || System.nanoTime() - end > 0) {
        api.close();
        throw new BenchFailed("kubectl proxy did not start, log " + api.log());
      }
      Thread.sleep(20);
    }
    String token = UUID.randomUUID().toString();
    FaultProxy proxy = new FaultProxy(plan, socket, token);
    Path config = doors.resolve("kubeconfig");
    Files.writeString(
        config,
        """
        apiVersion: v1
        kind: Config
        current-context: c
        contexts: [{name: c, context: {cluster: k, user: u, namespace: %s}}]
        clusters: [{name: k, cluster: {server: '%s'}}]
        users: [{name: u, user: {token: %s}}]
        """
            .formatted(namespace, proxy.url(), token));
    List<String> command =
        checkout.command(
            Program.FLEX_PROVISIONER,
            List.of(
                "--kubeconfig",
                config.toString(),
                "--namespace",
                namespace,
                "--kube-api",
                kubeApi,
                "--port",
                "0"));
    return new ChaosProvisioner(work, command, api, proxy, launch(work, command, 1));
  }

  /** How often it was started. */
  int starts() {
    return starts;
  }

  /** Kills it as an out-of-memory kill does. */
  void kill() {
    running.crash();
  }

  /** Starts it again when it has ended, however that came. */
  void ensure() throws IOException {
    if (!running.running()) {
      starts++;
      running = launch(work, command, starts);
    }
  }

  /** Files that a removal of the work directory must not meet. */
  @Override
  public void close() throws IOException {
    running.close();
    proxy.close();
    api.close();
  }

  private static RunningProgram launch(Path work, List<String> command, int number)
      throws IOException {
    return RunningProgram.start(
        "flex-provisioner",
        new ArrayList<>(command),
        Map.of(),
        work.resolve("logs").resolve("flex-provisioner-" + number + ".log"));
  }
}
