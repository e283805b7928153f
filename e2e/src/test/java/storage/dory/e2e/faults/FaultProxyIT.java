// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The proxy between the JDK's HTTP client and a server at a unix socket. */
class FaultProxyIT {
  private static final String TOKEN = "the-token";

  @TempDir private Path directory;

  private final List<RequestHead> seen = new CopyOnWriteArrayList<>();

  @SuppressWarnings("NullAway.Init")
  private ServerSocketChannel server;

  @BeforeEach
  void serve() throws IOException {
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(directory.resolve("s")));
    Thread.ofVirtual().start(this::answer);
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  @Test
  void withoutFaultsRequestAndAnswerPassAndTheTokenDoesNot() throws Exception {
    try (FaultProxy proxy = new FaultProxy(plan(0, false), directory.resolve("s"), TOKEN)) {
      HttpResponse<String> answer = send(proxy, TOKEN);

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("done");
      assertThat(seen).hasSize(1);
      assertThat(seen.getFirst().method()).isEqualTo("POST");
      assertThat(seen.getFirst().header("Authorization")).isEmpty();
      assertThat(seen.getFirst().header("Connection")).isEqualTo(Optional.of("close"));
    }
  }

  @Test
  void whoHasNotTheTokenIsRefused() throws Exception {
    try (FaultProxy proxy = new FaultProxy(plan(0, false), directory.resolve("s"), TOKEN)) {
      assertThat(send(proxy, "another").statusCode()).isEqualTo(401);
      assertThat(seen).isEmpty();
    }
  }

  @Test
  void faultsAreWhatThePlanSays() throws Exception {
    FaultPlan told = plan(1000, true);
    FaultPlan same = plan(1000, true);
    try (FaultProxy proxy = new FaultProxy(told, directory.resolve("s"), TOKEN)) {
      for (int i = 0; i < 40; i++) {
        int before = seen.size();
        Fault fault = same.next(new RequestHead("POST", "/api", List.of()));
        switch (fault) {
          case Fault.None none -> throw new AssertionError("the plan has none");
          case Fault.Refused(int code) -> {
            assertThat(send(proxy, TOKEN).statusCode()).isEqualTo(code);
            assertThat(seen).hasSize(before);
          }
          case Fault.DoneButRefused(int code) -> {
            assertThat(send(proxy, TOKEN).statusCode()).isEqualTo(code);
            assertThat(seen).hasSize(before + 1);
          }
          case Fault.AnswerLost lost -> {
            assertThatThrownBy(() -> send(proxy, TOKEN)).isInstanceOf(IOException.class);
            assertThat(seen).hasSizeGreaterThan(before);
            return; // the client may have tried again by itself, so the plans are apart now
          }
          case Fault.Silence silence -> {
            assertThatThrownBy(() -> send(proxy, TOKEN)).isInstanceOf(IOException.class);
            assertThat(seen).hasSize(before);
          }
          case Fault.Dropped dropped -> throw new AssertionError("no watch was asked for");
        }
      }
    }
  }

  private static FaultPlan plan(int permille, boolean on) {
    FaultPlan plan = new FaultPlan(11, permille);
    plan.on(on);
    return plan;
  }

  private static HttpResponse<String> send(FaultProxy proxy, String token)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      return client.send(
          HttpRequest.newBuilder(URI.create(proxy.url() + "/api"))
              .timeout(Duration.ofSeconds(3))
              .header("Authorization", "Bearer " + token)
              .POST(BodyPublishers.ofString("body"))
              .build(),
          BodyHandlers.ofString());
    }
  }

  private void answer() {
    while (server.isOpen()) {
      try (SocketChannel client = server.accept()) {
        var in = Channels.newInputStream(client);
        RequestHead head = RequestHead.read(in).orElseThrow();
        assertThat(new String(in.readNBytes(4), StandardCharsets.UTF_8)).isEqualTo("body");
        seen.add(head);
        client.write(
            ByteBuffer.wrap(
                "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone"
                    .getBytes(StandardCharsets.UTF_8)));
      } catch (IOException e) {
        // the client went, or the test is over
      }
    }
  }
}
