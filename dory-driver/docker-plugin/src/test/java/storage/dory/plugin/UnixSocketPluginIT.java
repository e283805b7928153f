// SPDX-License-Identifier: Apache-2.0
package storage.dory.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the client makes of peers that do not answer as they should. */
class UnixSocketPluginIT {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(500);

  /** How long after its limit a call may return on a busy machine. */
  private static final Duration SLACK = Duration.ofSeconds(5);

  private static final VolumeName NAME = new VolumeName("pvc-1");
  private static final MountId ID = new MountId("pod-1");

  @TempDir private Path directory = Path.of("");

  private final CountDownLatch over = new CountDownLatch(1);
  private Path socket = Path.of("");

  @BeforeEach
  void place() {
    socket = directory.resolve("p.sock");
  }

  @AfterEach
  void releaseFakes() {
    over.countDown();
  }

  @Test
  void requestIsWhatThePeersOfDockerExpect() throws IOException {
    try (FakePlugin fake = FakePlugin.answering(socket, reply("{\"Err\":\"\"}"))) {
      assertThat(plugin().create(NAME, Map.of("size", "1Gi"), LIMIT))
          .isEqualTo(new Reply.Done<>(Nothing.NOTHING));

      assertThat(fake.requests()).hasSize(1);
      assertThat(fake.requests().getFirst())
          .startsWith("POST /VolumeDriver.Create HTTP/1.1\r\n")
          .contains("Accept: application/vnd.docker.plugins.v1.2+json\r\n")
          .contains("Host: plugin.moby.localhost\r\n")
          .contains("\"Name\":\"pvc-1\"")
          .contains("\"Opts\":{\"size\":\"1Gi\"}");
    }
  }

  @Test
  void w26OptionsGoAsText() throws IOException {
    try (FakePlugin fake = FakePlugin.answering(socket, reply("{}"))) {
      plugin().create(NAME, Map.of("mountConflictDelay", "30", "force", "true"), LIMIT);

      assertThat(fake.requests().getFirst())
          .contains("\"Opts\":{\"force\":\"true\",\"mountConflictDelay\":\"30\"}");
    }
  }

  @Test
  void volumeWithoutOptionsIsCreatedWithoutOpts() throws IOException {
    try (FakePlugin fake = FakePlugin.answering(socket, reply("{}"))) {
      plugin().create(NAME, Map.of(), LIMIT);

      assertThat(fake.requests().getFirst()).endsWith("\r\n\r\n{\"Name\":\"pvc-1\"}");
    }
  }

  @Test
  void callsWithoutArgumentsSendAnEmptyObject() throws IOException {
    try (FakePlugin fake = FakePlugin.answering(socket, reply("{}"))) {
      plugin().activate(LIMIT);
      plugin().list(LIMIT);
      plugin().capabilities(LIMIT);

      assertThat(fake.requests())
          .hasSize(3)
          .allSatisfy(request -> assertThat(request).endsWith("\r\n\r\n{}"));
    }
  }

  @Test
  void mountAndUnmountCarryNameAndId() throws IOException {
    try (FakePlugin fake = FakePlugin.answering(socket, reply("{\"Mountpoint\":\"/m\"}"))) {
      assertThat(plugin().mount(NAME, ID, LIMIT)).isEqualTo(new Reply.Done<>(Path.of("/m")));
      assertThat(plugin().unmount(NAME, ID, LIMIT)).isEqualTo(new Reply.Done<>(Nothing.NOTHING));

      assertThat(fake.requests())
          .allSatisfy(request ->
              assertThat(request).contains("\"ID\":\"pod-1\"").contains("\"Name\":\"pvc-1\""));
    }
  }

  @Test
  void pluginThatHasMountedWithoutSayingWhereIsAsked() throws IOException {
    AtomicLong asked = new AtomicLong();
    FakePlugin.Conduct second =
        connection ->
            FakePlugin.write(
                connection,
                reply(
                    asked.getAndIncrement() == 0
                        ? "{\"Mountpoint\":\"\"}"
                        : "{\"Mountpoint\":\"/m\"}"));
    try (FakePlugin fake = FakePlugin.at(socket, second)) {
      assertThat(plugin().mount(NAME, ID, LIMIT)).isEqualTo(new Reply.Done<>(Path.of("/m")));
      assertThat(fake.requests()).hasSize(2);
      assertThat(fake.requests().getLast()).startsWith("POST /VolumeDriver.Path ");
    }
  }

  @Test
  void w3PluginThatCannotSayWhereItHasMountedMayHaveMounted() throws IOException {
    try (FakePlugin fake = FakePlugin.answering(socket, reply("{\"Mountpoint\":\"\"}"))) {
      assertUnreachable(plugin().mount(NAME, ID, LIMIT), true, "no absolute mount point");
      assertThat(fake.requests()).hasSize(2);
    }
  }

  @Test
  void chunkedAnswerIsRead() throws IOException {
    String chunks =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "8\r\n{\"Mountp\r\n" // a chunk ends anywhere
            + "b\r\noint\":\"/m\"}\r\n0\r\n\r\n";
    try (FakePlugin fake = FakePlugin.answering(socket, chunks)) {
      assertThat(plugin().mount(NAME, ID, LIMIT)).isEqualTo(new Reply.Done<>(Path.of("/m")));
      assertThat(fake.requests()).hasSize(1);
    }
  }

  @Test
  void pluginThatHangsIsLeftAtTheLimitAndMayHaveDoneIt() throws IOException {
    try (FakePlugin fake = FakePlugin.at(socket, connection -> pause(LIMIT))) {
      Reply<Path> reply = within(SHORT, () -> plugin().mount(NAME, ID, SHORT));

      assertUnreachable(reply, true, "no answer within 500 ms");
      assertThat(fake.requests()).hasSize(1);
    }
  }

  @Test
  void pluginThatDripsIsLeftAtTheLimit() throws IOException {
    FakePlugin.Conduct drip =
        connection -> {
          FakePlugin.write(connection, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
          while (!pause(Duration.ofMillis(50))) {
            FakePlugin.write(connection, " ");
          }
        };
    try (FakePlugin fake = FakePlugin.at(socket, drip)) {
      Reply<Path> reply = within(SHORT, () -> plugin().mount(NAME, ID, SHORT));

      assertUnreachable(reply, true, "no answer within 500 ms");
      assertThat(fake.requests()).hasSize(1);
    }
  }

  @Test
  void halfAnAnswerIsNoneAndItMayHaveHappened() throws IOException {
    String half = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"Mountpoint\":\"/m\"";
    try (FakePlugin fake = FakePlugin.answering(socket, half)) {
      assertUnreachable(plugin().mount(NAME, ID, LIMIT), true, socket.toString());
      assertThat(fake.requests()).hasSize(1);
    }
  }

  @Test
  void w12PeerThatHangsUpMayHaveDoneItAndIsAskedOnlyOnce() throws IOException {
    try (FakePlugin fake = FakePlugin.at(socket, connection -> {})) {
      assertUnreachable(plugin().create(NAME, Map.of(), LIMIT), true, socket.toString());
      assertThat(fake.requests()).hasSize(1);
    }
  }

  @Test
  void peerThatSpeaksNoHttpIsUnreachable() throws IOException {
    try (FakePlugin fake = FakePlugin.answering(socket, "220 mail ready\r\n\r\n")) {
      assertUnreachable(plugin().activate(LIMIT), true, socket.toString());
      assertThat(fake.requests()).hasSize(1);
    }
  }

  @Test
  void gigabyteOfAnswerIsNotRead() throws IOException {
    AtomicLong sent = new AtomicLong();
    FakePlugin.Conduct flood =
        connection -> {
          FakePlugin.write(connection, "HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n");
          ByteBuffer block = ByteBuffer.allocate(1 << 16);
          while (sent.get() < 1L << 30) {
            sent.addAndGet(connection.write(block.clear()));
          }
        };
    try (FakePlugin fake = FakePlugin.at(socket, flood)) {
      assertUnreachable(plugin().list(LIMIT), true, "larger than 2048 KiB");
      assertThat(sent.get()).isLessThan(512L << 20);
      assertThat(fake.requests()).hasSize(1);
    }
  }

  @Test
  void gigabytesForManyCallsAtOnceAreNotHeld() throws Exception {
    int calls = 64;
    FakePlugin.Conduct flood =
        connection -> {
          FakePlugin.write(connection, "HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n");
          ByteBuffer block = ByteBuffer.allocate(1 << 16);
          while (connection.write(block.clear()) > 0) {}
        };
    VolumePlugin plugin = plugin();
    try (FakePlugin fake = FakePlugin.at(socket, flood);
        var threads = Executors.newFixedThreadPool(calls)) {
      Callable<Reply<Path>> call = () -> plugin.mount(NAME, ID, LIMIT);

      for (Future<Reply<Path>> reply : threads.invokeAll(Collections.nCopies(calls, call))) {
        assertUnreachable(reply.get(), true, "larger than 64 KiB");
      }
      assertThat(fake.requests()).hasSize(calls);
    }
  }

  @Test
  void longListIsRead() throws IOException {
    String volumes =
        IntStream.range(0, 10_000)
            .mapToObj(i -> "{\"Name\":\"volume-" + i + "\",\"Mountpoint\":\"/m/" + i + "\"}")
            .collect(Collectors.joining(","));
    try (FakePlugin fake =
        FakePlugin.answering(socket, reply("{\"Volumes\":[" + volumes + "],\"Err\":\"\"}"))) {
      assertThat(plugin().list(LIMIT))
          .isInstanceOfSatisfying(
              Reply.Done.class, done -> assertThat((List<?>) done.value()).hasSize(10_000));
      assertThat(fake.requests()).hasSize(1);
    }
  }

  @Test
  void headThatDoesNotEndIsLeft() throws IOException {
    FakePlugin.Conduct flood =
        connection -> {
          FakePlugin.write(connection, "HTTP/1.1 200 OK\r\n");
          while (true) {
            FakePlugin.write(connection, "X-Filler: " + "x".repeat(4000) + "\r\n");
          }
        };
    try (FakePlugin fake = FakePlugin.at(socket, flood)) {
      assertUnreachable(plugin().mount(NAME, ID, LIMIT), true, socket.toString());
      assertThat(fake.requests()).hasSize(1);
    }
  }

  @Test
  void staleSocketIsUnreachableAndNothingHappened() throws IOException {
    FakePlugin.answering(socket, "").close();

    assertThat(socket).exists();
    assertUnreachable(plugin().create(NAME, Map.of(), LIMIT), false, socket.toString());
  }

  @Test
  void absentSocketIsUnreachableAndNothingHappened() {
    assertUnreachable(plugin().create(NAME, Map.of(), LIMIT), false, socket.toString());
  }

  @Test
  void listenerThatAcceptsNobodyIsLeftAtTheLimitAndNothingHappened() throws IOException {
    List<SocketChannel> waiting = new ArrayList<>();
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket), 1);
      fillBacklog(waiting);

      Reply<Path> reply = within(SHORT, () -> plugin().mount(NAME, ID, SHORT));

      assertUnreachable(reply, false, socket.toString());
    } finally {
      for (SocketChannel each : waiting) {
        each.close();
      }
    }
  }

  @Test
  void w27OldPluginWithoutCapabilitiesIsLocal() throws IOException {
    String unknown = "HTTP/1.1 404 Not Found\r\nContent-Length: 19\r\n\r\n404 page not found\n";
    try (FakePlugin fake = FakePlugin.answering(socket, unknown)) {
      assertThat(plugin().capabilities(LIMIT)).isEqualTo(new Reply.Done<>(Scope.LOCAL));
      assertThat(plugin().get(NAME, LIMIT)).isInstanceOf(Lookup.Refused.class);
      assertThat(fake.requests()).hasSize(2);
    }
  }

  @Test
  void pluginThatWasRestartedIsReachedByTheSameClient() throws IOException {
    VolumePlugin client = plugin();
    try (FakePlugin before = FakePlugin.answering(socket, reply("{}"))) {
      assertThat(client.list(LIMIT)).isInstanceOf(Reply.Done.class);
      assertThat(before.requests()).hasSize(1);
    }
    java.nio.file.Files.delete(socket);

    try (FakePlugin after = FakePlugin.answering(socket, reply("{}"))) {
      assertThat(client.list(LIMIT)).isInstanceOf(Reply.Done.class);
      assertThat(after.requests()).hasSize(1);
    }
  }

  private VolumePlugin plugin() {
    return new UnixSocketPlugin(socket);
  }

  private void fillBacklog(List<SocketChannel> waiting) throws IOException {
    try {
      while (true) {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        waiting.add(channel);
        channel.configureBlocking(false);
        channel.connect(UnixDomainSocketAddress.of(socket));
      }
    } catch (SocketException e) {
      assertThat(waiting).hasSizeGreaterThan(1);
    }
  }

  /** Waits; answers whether the test is over. */
  private boolean pause(Duration time) {
    try {
      return over.await(time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private static <T> T within(Duration limit, java.util.function.Supplier<T> call) {
    long start = System.nanoTime();
    T result = call.get();
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    assertThat(took).isLessThan(limit.plus(SLACK));
    return result;
  }

  private static void assertUnreachable(Reply<?> reply, boolean mayHaveHappened, String words) {
    assertThat(reply)
        .isInstanceOfSatisfying(
            Reply.Unreachable.class,
            unreachable -> {
              assertThat(unreachable.why()).contains(words);
              assertThat(unreachable.mayHaveHappened()).isEqualTo(mayHaveHappened);
            });
  }

  private static String reply(String body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
  }
}
