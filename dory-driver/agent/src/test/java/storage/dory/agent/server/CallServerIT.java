// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.newsclub.net.unix.AFUNIXServerSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.newsclub.net.unix.FileDescriptorCast;

class CallServerIT {
  private static final CallServer.Limits SMALL =
      new CallServer.Limits(2, Duration.ofMillis(300), 1000);

  @TempDir private Path dir;

  @Test
  void lineIsAnsweredWithALineAndTheConnectionClosed() throws IOException {
    try (CallServer server = start(line -> "<" + line + ">\n")) {
      assertThat(ask("hello\n")).isEqualTo("<hello>\n");
      assertThat(server.stop(Duration.ofSeconds(1))).isTrue();
      assertThat(socket()).doesNotExist();
    }
  }

  @Test
  void staleSocketIsReplaced() throws IOException {
    Files.writeString(socket(), "left by a killed one");
    try (CallServer server = start(line -> line + "\n")) {
      assertThat(ask("hello\n")).isEqualTo("hello\n");
      assertThat(server).isNotNull();
    }
  }

  @Test
  void callerWhoSendsNothingIsTurnedAwayInTime() throws IOException {
    try (CallServer server = start(line -> line + "\n");
        SocketChannel silent = connect()) {
      assertThat(read(silent)).isEqualTo("no: the request did not arrive within 300 ms\n");
      assertThat(server.stop(Duration.ofSeconds(1))).isTrue();
    }
  }

  @Test
  void oneTooManyIsToldSoAndTheOthersAreServed() throws Exception {
    CountDownLatch enough = new CountDownLatch(1);
    CountDownLatch served = new CountDownLatch(2);
    try (CallServer server =
            start(line -> {
              served.countDown();
              await(enough);
              return line + "\n";
            });
        SocketChannel first = connect();
        SocketChannel second = connect()) {
      send(first, "first\n");
      send(second, "second\n");
      served.await();

      assertThat(ask("")).isEqualTo("no: the agent serves 2 calls already\n");
      enough.countDown();
      assertThat(read(first)).isEqualTo("first\n");
      assertThat(read(second)).isEqualTo("second\n");
      assertThat(server.stop(Duration.ofSeconds(1))).isTrue();
    }
  }

  @Test
  void socketThatWasHandedOverKeepsCallersForTheNextAgent() throws Exception {
    try (AFUNIXServerSocket owner = AFUNIXServerSocket.newInstance()) {
      owner.bind(AFUNIXSocketAddress.of(socket()));
      int descriptor =
          FileDescriptorCast.using(owner.getFileDescriptor()).as(Integer.class).intValue();
      try (CallServer first = handedOver(descriptor, "first")) {
        assertThat(ask("hello\n")).isEqualTo("first\n");
        assertThat(first.stop(Duration.ofSeconds(1))).isTrue();
      }

      try (SocketChannel between = connect()) {
        send(between, "hello\n");
        try (CallServer second = handedOver(descriptor, "second")) {
          assertThat(read(between)).isEqualTo("second\n");
          assertThat(second.stop(Duration.ofSeconds(1))).isTrue();
        }
      }
    }
  }

  private CallServer handedOver(int descriptor, String name) throws IOException {
    return CallServer.start(
        new Entrance.HandedOver(socket(), descriptor),
        SMALL,
        new CallServer.Replies(line -> name + "\n", why -> "no: " + why + "\n"));
  }

  @Test
  void stopWaitsForTheCallUnderWayAndNoLonger() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch served = new CountDownLatch(1);
    try (CallServer server =
            start(line -> {
              served.countDown();
              await(never);
              return "\n";
            });
        SocketChannel caller = connect()) {
      send(caller, "x\n");
      served.await();

      assertThat(server.stop(Duration.ofMillis(50))).isFalse();
      never.countDown();
      assertThat(server.stop(Duration.ofSeconds(5))).isTrue();
    }
  }

  private CallServer start(UnaryOperator<String> answer) throws IOException {
    return CallServer.start(
        socket(), SMALL, new CallServer.Replies(answer, why -> "no: " + why + "\n"));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Path socket() {
    return dir.resolve("s");
  }

  private SocketChannel connect() throws IOException {
    return SocketChannel.open(UnixDomainSocketAddress.of(socket()));
  }

  private String ask(String request) throws IOException {
    try (SocketChannel channel = connect()) {
      send(channel, request);
      return read(channel);
    }
  }

  private static void send(SocketChannel channel, String text) throws IOException {
    channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static String read(SocketChannel channel) throws IOException {
    ByteBuffer reply = ByteBuffer.allocate(4096);
    while (channel.read(reply) > 0) {}
    return new String(reply.array(), 0, reply.position(), StandardCharsets.UTF_8);
  }
}
