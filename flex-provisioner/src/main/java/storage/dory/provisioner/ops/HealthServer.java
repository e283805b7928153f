// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.ops;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** Answers {@code /healthz} and {@code /readyz}, with 200 or 503, and {@code /metrics}. */
public final class HealthServer implements AutoCloseable {
  private static final String WORDS = "text/plain; charset=utf-8";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * What it shows. Each is asked for every request, by several threads.
   *
   * @param health bad when the process should be restarted
   * @param readiness bad when it neither serves nor stands by
   * @param metrics in Prometheus' text format
   */
  public record Pages(
      Supplier<Health> health, Supplier<Health> readiness, Supplier<String> metrics) {}

  /**
   * Listens at once.
   *
   * @param port 0 for any free one
   * @throws IOException when the port cannot be had
   */
  public HealthServer(int port, Pages pages) throws IOException {
    server = HttpServer.create(new InetSocketAddress(port), 16);
    server.setExecutor(threads);
    var _ = server.createContext("/healthz", exchange -> answer(exchange, pages.health.get()));
    var _ = server.createContext("/readyz", exchange -> answer(exchange, pages.readiness.get()));
    var _ =
        server.createContext(
            "/metrics",
            exchange -> answer(exchange, 200, Metrics.CONTENT_TYPE, pages.metrics.get()));
    server.start();
  }

  /** The port that it listens at. */
  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private static void answer(HttpExchange exchange, Health health) throws IOException {
    int code =
        switch (health) {
          case Health.Good good -> 200;
          case Health.Bad bad -> 503;
        };
    answer(exchange, code, WORDS, health.words() + "\n");
  }

  private static void answer(HttpExchange exchange, int code, String type, String text)
      throws IOException {
    try (exchange) {
      byte[] body = text.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.sendResponseHeaders(code, body.length);
      exchange.getResponseBody().write(body);
    }
  }
}
