// SPDX-License-Identifier: Apache-2.0
package storage.dory.plugin;

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

/** A peer on a unix socket that misbehaves as it is told. */
final class FakePlugin implements AutoCloseable {
  private final ServerSocketChannel server;
  private final Conduct conduct;
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final Thread accepting = Thread.ofVirtual().unstarted(this::accept);

  private FakePlugin(ServerSocketChannel server, Conduct conduct) {
    this.server = server;
    this.conduct = conduct;
  }

  /** Listens, and deals with each request as told. */
  static FakePlugin at(Path socket, Conduct conduct) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    FakePlugin plugin = new FakePlugin(server, conduct);
    plugin.accepting.start();
    return plugin;
  }

  /** Answers every request with these bytes and hangs up. */
  static FakePlugin answering(Path socket, String answer) throws IOException {
    return at(socket, connection -> write(connection, answer));
  }

  /** The requests so far, head and body. */
  List<String> requests() {
    return requests;
  }

  static void write(SocketChannel connection, String text) throws IOException {
    ByteBuffer left = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (left.hasRemaining()) {
      connection.write(left);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    try {
      // while it still accepts, the kernel lets callers in
      accepting.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel connection = server.accept();
        Thread.ofVirtual().start(() -> serve(connection));
      }
    } catch (IOException e) {
      return; // closed: the test is over
    }
  }

  private void serve(SocketChannel connection) {
    try (connection) {
      requests.add(request(connection));
      conduct.with(connection);
    } catch (IOException e) {
      return; // the caller hung up, as it should on a plugin like this
    }
  }

  private static String request(SocketChannel connection) throws IOException {
    StringBuilder request = new StringBuilder();
    ByteBuffer buffer = ByteBuffer.allocate(4096);
    while (!whole(request.toString()) && connection.read(buffer) >= 0) {
      request.append(StandardCharsets.UTF_8.decode(buffer.flip()));
      buffer.clear();
    }
    return request.toString();
  }

  private static boolean whole(String request) {
    int head = request.indexOf("\r\n\r\n");
    return head >= 0
        && (request.startsWith("GET ")
            || request
                .lines()
                .filter(line -> line.startsWith("Content-Length: "))
                .mapToInt(line -> Integer.parseInt(line.substring(16)))
                .anyMatch(length -> request.length() >= head + 4 + length));
  }

  /** What the plugin does once a request is there. */
  @FunctionalInterface
  interface Conduct {
    void with(SocketChannel connection) throws IOException;
  }
}
