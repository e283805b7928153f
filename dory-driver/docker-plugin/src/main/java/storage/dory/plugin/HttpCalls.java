// SPDX-License-Identifier: Apache-2.0
package storage.dory.plugin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.HostnameVerifier;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.ConnectionSpec;
import okhttp3.EventListener;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.BufferedSource;
import org.newsclub.net.unix.AFUNIXSocketFactory;

/**
 * HTTP with one peer, over a unix socket or TCP.
 *
 * <p>A connection a request: plugins are restarted at any time, and a kept connection would turn
 * the first call after that into an error. The limit of a call covers connecting, sending and
 * reading the last byte, so that a plugin that answers a byte a second is cut off like one that
 * says nothing.
 */
final class HttpCalls {
  /** Of an answer about one thing; many calls at a time may get one. In bytes. */
  static final long USUAL_ANSWER = 64L << 10;

  /** Of an answer that lists everything. In bytes. */
  static final long LONG_ANSWER = 2L << 20;

  /**
   * Nothing is kept when no idle connection is; but the pool looks as often as this at connections
   * that are in use, and would keep a processor busy with a short time.
   */
  private static final long KEPT_MINUTES = 5;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final OkHttpClient http;
  private final String base;
  private final String peer;

  private HttpCalls(OkHttpClient.Builder http, String base, String peer) {
    this.http =
        http.proxy(Proxy.NO_PROXY)
            .connectionPool(new ConnectionPool(0, KEPT_MINUTES, TimeUnit.MINUTES))
            .retryOnConnectionFailure(false)
            // though there is one address: it connects on another thread, and a connect to a socket
            // whose listener accepts nobody cannot be called back
            .fastFallback(true)
            .followRedirects(false)
            .connectTimeout(Duration.ZERO)
            .readTimeout(Duration.ZERO)
            .writeTimeout(Duration.ZERO)
            .eventListenerFactory(HttpCalls::progressOf)
            .build();
    this.base = base;
    this.peer = peer;
  }

  /**
   * @param peer what answers there, for messages
   */
  static HttpCalls over(Path socket, String peer) {
    return new HttpCalls(
        new OkHttpClient.Builder()
            .socketFactory(new AFUNIXSocketFactory.FactoryArg(socket.toFile()))
            // else the authorities of the whole web are read, for nothing
            .connectionSpecs(List.of(ConnectionSpec.CLEARTEXT))
            .dns(host -> List.of(InetAddress.getLoopbackAddress())),
        "http://plugin.moby.localhost",
        peer + " at " + socket);
  }

  /**
   * @param authority host and port
   * @param tls absent: in clear
   */
  static HttpCalls over(String authority, Optional<TlsMeans> tls, String peer) {
    OkHttpClient.Builder http = new OkHttpClient.Builder();
    tls.ifPresent(means -> {
      http.sslSocketFactory(means.context().getSocketFactory(), means.trust());
      if (!means.verified()) {
        HostnameVerifier any = (host, session) -> true;
        http.hostnameVerifier(any);
      }
    });
    return new HttpCalls(
        http, (tls.isPresent() ? "https://" : "http://") + authority, peer + " at " + authority);
  }

  /**
   * @param largest an answer of more bytes is not read
   */
  Reply<RawAnswer> post(String path, Map<String, ?> body, long largest, Duration limit) {
    return send("POST " + path, request(path).post(json(body)), largest, limit);
  }

  Reply<RawAnswer> get(String path, Duration limit) {
    return send("GET " + path, request(path), LONG_ANSWER, limit);
  }

  private Reply<RawAnswer> send(
      String what, Request.Builder request, long largest, Duration limit) {
    Progress progress = new Progress();
    Call call = http.newCall(request.tag(Progress.class, progress).build());
    call.timeout().timeout(limit.toNanos(), TimeUnit.NANOSECONDS);
    try (Response response = call.execute()) {
      return new Reply.Done<>(new RawAnswer(response.code(), text(response.body(), largest)));
    } catch (IOException | RuntimeException e) {
      String why =
          call.isCanceled() || e instanceof java.io.InterruptedIOException
              ? "no answer within " + limit.toMillis() + " ms"
              : String.valueOf(e.getMessage());
      return new Reply.Unreachable<>(what + " to " + peer + ": " + why, progress.sent);
    }
  }

  private Request.Builder request(String path) {
    return new Request.Builder()
        .url(base + path)
        .header("Accept", "application/vnd.docker.plugins.v1.2+json")
        .header("Connection", "close");
  }

  private static RequestBody json(Map<String, ?> body) {
    try {
      return RequestBody.create(JSON.writeValueAsBytes(body));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("strings and maps of strings can be written as JSON", e);
    }
  }

  private static String text(ResponseBody body, long largest) throws IOException {
    BufferedSource source = body.source();
    if (source.request(largest + 1)) {
      throw new IOException("the answer is larger than " + (largest >> 10) + " KiB");
    }
    return source.getBuffer().readString(StandardCharsets.UTF_8);
  }

  private static EventListener progressOf(Call call) {
    Progress progress = call.request().tag(Progress.class);
    return progress == null ? EventListener.NONE : progress;
  }

  /** Whether the request left for the plugin; written and read by the calling thread. */
  private static final class Progress extends EventListener {
    private boolean sent;

    @Override
    public void requestHeadersStart(Call call) {
      sent = true;
    }
  }
}
