// SPDX-License-Identifier: Apache-2.0
package storage.dory.driver;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Listens where the agent would, keeps every request line and answers as its script says. */
final class FakeAgent implements AutoCloseable {

  /** What to do with one connection after its request line was read. */
  @FunctionalInterface
  interface Script {
    void answer(SocketChannel connection) throws IOException;
  }

  private final ServerSocketChannel server;
  private final Script script;
  private final List<SocketChannel> kept = new CopyOnWriteArrayList<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();

  FakeAgent(Path socket, Script script) throws IOException {
    this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    this.server.bind(UnixDomainSocketAddress.of(socket));
    this.script = script;
    Thread.ofPlatform().daemon().name("fake-agent").start(this::serve);
  }

  static FakeAgent answering(Path socket, String reply) throws IOException {
    return new FakeAgent(
        socket,
        connection -> {
          send(connection, reply);
          connection.close();
        });
  }

  /** Keeps the connection open and says nothing more. */
  static FakeAgent silentAfter(Path socket, String start) throws IOException {
    return new FakeAgent(socket, connection -> send(connection, start));
  }

  static void send(SocketChannel connection, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      connection.write(bytes);
    }
  }

  List<String> requests() {
    return List.copyOf(requests);
  }

  private void serve() {
    while (server.isOpen()) {
      try {
        SocketChannel connection = server.accept();
        kept.add(connection);
        requests.add(readLine(connection));
        script.answer(connection);
      } catch (IOException e) {
        // the driver went away, or the test is over: the next connection, if there is one
      }
    }
  }

  private static String readLine(SocketChannel connection) throws IOException {
    var line = new ByteArrayOutputStream();
    ByteBuffer chunk = ByteBuffer.allocate(8192);
    while (connection.read(chunk.clear()) > 0) {
      line.write(chunk.array(), 0, chunk.position());
      if (chunk.get(chunk.position() - 1) == '\n') {
        break;
      }
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (SocketChannel each : kept) {
      each.close();
    }
  }
}
