// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.admission;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the webhooks {@code /claims/DOOR}, {@code /filings/DOOR} and {@code /volumes/DOOR} over
 * TLS. Whoever does not know the door gets no answer but 404.
 */
public final class AdmissionServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AdmissionServer.class);

  /** An update carries the object twice, and etcd takes 1.5 MiB. */
  private static final int LARGEST_BODY = 8 * 1024 * 1024;

  private static final int BACKLOG = 256;

  private final HttpsServer server;
  private final Supplier<Optional<Credentials>> credentials;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * What it asks of the API server.
   *
   * @param late whether claims have to be stamped after they are stored
   */
  public record Reach(RunningPods pods, LateStamps stamps, BooleanSupplier late) {}

  /**
   * Listens at once; connections fail while there are no credentials.
   *
   * @param port 0 for any free one
   * @throws IOException when the port cannot be had
   */
  public AdmissionServer(
      int port,
      Supplier<Optional<Credentials>> credentials,
      AdmissionView view,
      Reach reach,
      InstantSource clock)
      throws IOException {
    this.credentials = credentials;
    server = HttpsServer.create(new InetSocketAddress(port), BACKLOG);
    server.setHttpsConfigurator(new HttpsConfigurator(tls()));
    server.setExecutor(threads);
    ClaimReviewer claims = new ClaimReviewer(view, clock);
    serve("/claims/", claims);
    serve("/filings/", new FilingReviewer(claims, reach.stamps(), reach.late()));
    serve("/volumes/", new VolumeReviewer(view, reach.pods()));
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

  private SSLContext tls() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          new KeyManager[] {new ShownKey(() -> credentials.get().map(Credentials::serving))},
          null,
          null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has TLS", e);
    }
  }

  private void serve(String path, Reviewer reviewer) {
    var _ = server.createContext(path, exchange -> answer(exchange, path, reviewer));
  }

  private void answer(HttpExchange exchange, String path, Reviewer reviewer) throws IOException {
    try (exchange) {
      if (!knowsTheDoor(exchange.getRequestURI().getPath().substring(path.length()))) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      byte[] body = exchange.getRequestBody().readNBytes(LARGEST_BODY + 1);
      if (body.length > LARGEST_BODY) {
        exchange.sendResponseHeaders(413, -1);
        return;
      }
      try {
        Review review = Review.read(body);
        reply(exchange, 200, "application/json", Answer.of(review, reviewer.decide(review)));
      } catch (IOException e) {
        reply(exchange, 400, "text/plain", (e.getMessage() + "\n").getBytes(UTF_8));
      }
    } catch (RuntimeException e) {
      // the API server goes on without an answer
      log.error("review not answered path={}", path, e);
    }
  }

  private boolean knowsTheDoor(String given) {
    return credentials
        .get()
        .map(Credentials::door)
        .filter(door -> MessageDigest.isEqual(door.getBytes(UTF_8), given.getBytes(UTF_8)))
        .isPresent();
  }

  private static void reply(HttpExchange exchange, int code, String type, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(code, body.length);
    exchange.getResponseBody().write(body);
  }
}
