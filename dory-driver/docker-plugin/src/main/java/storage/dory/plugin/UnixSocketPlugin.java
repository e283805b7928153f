// SPDX-License-Identifier: Apache-2.0
package storage.dory.plugin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.EventListener;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.BufferedSource;
import org.newsclub.net.unix.AFUNIXSocketFactory;

/**
 * A Docker Volume Plugin behind a unix socket.
 *
 * <p>A connection a request: plugins are restarted at any time, and a kept connection would turn
 * the first call after that into an error. The limit of a call covers connecting, sending and
 * reading the last byte, so that a plugin that answers a byte a second is cut off like one that
 * says nothing.
 */
public final class UnixSocketPlugin implements VolumePlugin {
  private static final long LARGEST_ANSWER = 16L << 20;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path socket;
  private final OkHttpClient http;
  private final AnswerReader answers = new AnswerReader();

  /**
   * @param socket the plugin's socket, at most 107 bytes long; need not exist yet
   */
  public UnixSocketPlugin(Path socket) {
    this.socket = socket;
    this.http =
        new OkHttpClient.Builder()
            .socketFactory(new AFUNIXSocketFactory.FactoryArg(socket.toFile()))
            .dns(host -> List.of(InetAddress.getLoopbackAddress()))
            .proxy(Proxy.NO_PROXY)
            .connectionPool(new ConnectionPool(0, 1, java.util.concurrent.TimeUnit.NANOSECONDS))
            .retryOnConnectionFailure(false)
            .followRedirects(false)
            .connectTimeout(Duration.ZERO)
            .readTimeout(Duration.ZERO)
            .writeTimeout(Duration.ZERO)
            .eventListenerFactory(UnixSocketPlugin::progressOf)
            .build();
  }

  /** The socket this plugin answers at. */
  public Path socket() {
    return socket;
  }

  @Override
  public Reply<Set<String>> activate(Duration limit) {
    return call("/Plugin.Activate", Map.of(), limit)
        .then(node -> new Reply.Done<>(answers.implemented(node)));
  }

  @Override
  public Reply<Nothing> create(VolumeName name, Map<String, String> options, Duration limit) {
    return done(
        call(
            "/VolumeDriver.Create",
            Map.of("Name", name.value(), "Opts", new TreeMap<>(options)),
            limit));
  }

  @Override
  public Lookup get(VolumeName name, Duration limit) {
    return answers.volume(name, call("/VolumeDriver.Get", Map.of("Name", name.value()), limit));
  }

  @Override
  public Reply<List<PluginVolume>> list(Duration limit) {
    return call("/VolumeDriver.List", Map.of(), limit)
        .then(node -> new Reply.Done<>(answers.volumes(node)));
  }

  @Override
  public Reply<Path> path(VolumeName name, Duration limit) {
    return call("/VolumeDriver.Path", Map.of("Name", name.value()), limit)
        .then(answers::mountpoint);
  }

  @Override
  public Reply<Path> mount(VolumeName name, MountId id, Duration limit) {
    return call("/VolumeDriver.Mount", Map.of("Name", name.value(), "ID", id.value()), limit)
        .then(answers::mountpoint);
  }

  @Override
  public Reply<Nothing> unmount(VolumeName name, MountId id, Duration limit) {
    return done(
        call("/VolumeDriver.Unmount", Map.of("Name", name.value(), "ID", id.value()), limit));
  }

  @Override
  public Reply<Nothing> remove(VolumeName name, Duration limit) {
    return done(call("/VolumeDriver.Remove", Map.of("Name", name.value()), limit));
  }

  @Override
  public Reply<Scope> capabilities(Duration limit) {
    return switch (call("/VolumeDriver.Capabilities", Map.of(), limit)) {
      case Reply.Done<JsonNode>(JsonNode node) -> new Reply.Done<>(answers.scope(node));
      // a plugin from before this call answers with an error of any kind
      case Reply.Refused<JsonNode> old -> new Reply.Done<>(Scope.LOCAL);
      case Reply.Unreachable<JsonNode>(String why, boolean mayHaveHappened) ->
          new Reply.Unreachable<>(why, mayHaveHappened);
    };
  }

  private Reply<JsonNode> call(String path, Map<String, ?> body, Duration limit) {
    Progress progress = new Progress();
    Call call = http.newCall(request(path, body, progress));
    call.timeout().timeout(limit.toNanos(), java.util.concurrent.TimeUnit.NANOSECONDS);
    try (Response response = call.execute()) {
      return answers.read(new RawAnswer(response.code(), text(response.body())));
    } catch (IOException | RuntimeException e) {
      String why =
          call.isCanceled() || e instanceof java.io.InterruptedIOException
              ? "no answer within " + limit.toMillis() + " ms"
              : String.valueOf(e.getMessage());
      return new Reply.Unreachable<>(
          "POST " + path + " to the plugin at " + socket + ": " + why, progress.sent);
    }
  }

  private static Request request(String path, Map<String, ?> body, Progress progress) {
    try {
      return new Request.Builder()
          .url("http://plugin.moby.localhost" + path)
          .header("Accept", "application/vnd.docker.plugins.v1.2+json")
          .header("Connection", "close")
          .post(RequestBody.create(JSON.writeValueAsBytes(body)))
          .tag(Progress.class, progress)
          .build();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("strings and maps of strings can be written as JSON", e);
    }
  }

  private static String text(ResponseBody body) throws IOException {
    BufferedSource source = body.source();
    if (source.request(LARGEST_ANSWER + 1)) {
      throw new IOException("the answer is larger than " + (LARGEST_ANSWER >> 20) + " MiB");
    }
    return source.getBuffer().readString(StandardCharsets.UTF_8);
  }

  private static Reply<Nothing> done(Reply<JsonNode> reply) {
    return switch (reply) {
      case Reply.Done<JsonNode> done -> new Reply.Done<>(Nothing.NOTHING);
      case Reply.Refused<JsonNode>(String words) -> new Reply.Refused<>(words);
      case Reply.Unreachable<JsonNode>(String why, boolean mayHaveHappened) ->
          new Reply.Unreachable<>(why, mayHaveHappened);
    };
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
