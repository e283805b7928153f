// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.ops;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** Answers {@code /healthz} and {@code /readyz}: 200, or 503 with the reason. */
public final class HealthServer implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * Listens at once.
   *
   * @param port 0 for any free one
   * @param ill why the process should be restarted; empty when it should not
   * @param busy why it does not serve yet; empty when it does
   * @throws IOException when the port cannot be had
   */
  public HealthServer(int port, Supplier<Optional<String>> ill, Supplier<Optional<String>> busy)
      throws IOException {
    server = HttpServer.create(new InetSocketAddress(port), 16);
    server.setExecutor(threads);
    var _ = server.createContext("/healthz", exchange -> answer(exchange, ill.get()));
    var _ = server.createContext("/readyz", exchange -> answer(exchange, busy.get()));
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

  private static void answer(HttpExchange exchange, Optional<String> trouble) throws IOException {
    try (exchange) {
      byte[] body = (trouble.orElse("ok") + "\n").getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
      exchange.sendResponseHeaders(trouble.isEmpty() ? 200 : 503, body.length);
      exchange.getResponseBody().write(body);
    }
  }
}
