// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.embedded;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.mockwebserver.MockWebServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The stand-in of an API server: fabric8's mock in CRUD mode, http, on loopback, in memory. */
public final class ApiServer implements AutoCloseable {
  /** Kept, because a logger nobody holds forgets its level; the mock tells of every request. */
  private final Logger mockLog = Logger.getLogger(MockWebServer.class.getName());

  private final MockWebServer server = new MockWebServer();
  private final ApiDispatcher dispatcher;
  private final Thread forgetting;

  /** Starts serving at a free port. */
  ApiServer(PodLogs logs) {
    mockLog.setLevel(Level.WARNING);
    dispatcher = new ApiDispatcher(logs);
    server.setDispatcher(dispatcher);
    server.setHttp2ClearTextEnabled(false);
    server.start(InetAddress.getLoopbackAddress(), 0);
    // the mock keeps every request it has seen until somebody takes it
    forgetting = Thread.ofVirtual().name("forget-requests").start(this::forgetRequests);
  }

  /** Where it answers. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getPort());
  }

  /** Requests so far by verb, watches as {@code WATCH}. */
  public Map<String, Long> requests() {
    return dispatcher.counts();
  }

  /** A client of it; the caller closes it. */
  public KubernetesClient client() {
    Config config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl(url().toString())
            .withNamespace("default")
            .withUserAgent("embedded-cluster")
            .withHttp2Disable(true)
            .withRequestTimeout(10_000)
            .withConnectionTimeout(5_000)
            .build();
    return new KubernetesClientBuilder().withConfig(config).build();
  }

  /** Writes a kubeconfig that names it. */
  public void writeKubeconfig(Path file) throws IOException {
    Files.writeString(
        file,
        """
        apiVersion: v1
        kind: Config
        clusters: [{name: embedded, cluster: {server: "%s"}}]
        users: [{name: embedded, user: {token: embedded}}]
        contexts: [{name: embedded, context: {cluster: embedded, user: embedded, namespace: default}}]
        current-context: embedded
        """
            .formatted(url()));
  }

  @Override
  public void close() {
    forgetting.interrupt();
    server.shutdown();
  }

  private void forgetRequests() {
    try {
      while (true) {
        server.takeRequest();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
