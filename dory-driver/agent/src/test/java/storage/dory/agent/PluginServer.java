// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Docker Volume Plugin on a socket that keeps a plain directory for every name it is asked for,
 * and can be told to hang.
 */
final class PluginServer implements AutoCloseable {
  private static final Pattern NAME = Pattern.compile("\"Name\":\"([^\"]*)\"");
  private static final Pattern LENGTH = Pattern.compile("(?i)content-length: *([0-9]+)");

  private final Path root;
  private final ServerSocketChannel server;
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private volatile String hanging = "";
  private volatile CountDownLatch hung = new CountDownLatch(1);

  PluginServer(Path socket, Path root) throws IOException {
    this.root = root;
    this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket), 128);
    Thread.ofPlatform().daemon().name("plugin").start(this::accept);
  }

  /** From now on this call is never answered. */
  void hangAt(String call) {
    hung = new CountDownLatch(1);
    hanging = call;
  }

  void recover() {
    hanging = "";
  }

  void awaitHung() throws InterruptedException {
    hung.await();
  }

  /** The calls that were answered, as {@code Mount v u}. */
  List<String> calls() {
    return List.copyOf(calls);
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  private void accept() {
    while (server.isOpen()) {
      try {
        SocketChannel connection = server.accept();
        Thread.ofPlatform().daemon().name("plugin-call").start(() -> serve(connection));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(SocketChannel connection) {
    try {
      String request = read(connection);
      String call = request.substring("POST /VolumeDriver.".length(), request.indexOf(" HTTP"));
      if (call.equals(hanging)) {
        hung.countDown();
        return; // and the connection stays open
      }
      String answer = answer(call, request);
      calls.add(call + " " + request.substring(request.indexOf("\r\n\r\n") + 4));
      String http =
          "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: "
              + answer.length()
              + "\r\n\r\n"
              + answer;
      connection.write(ByteBuffer.wrap(http.getBytes(StandardCharsets.UTF_8)));
      connection.close();
    } catch (IOException e) {
      // the agent was killed: its call has no other end
    }
  }

  private String answer(String call, String request) throws IOException {
    Matcher matcher = NAME.matcher(request);
    String name = matcher.find() ? matcher.group(1) : "";
    return switch (call) {
      case "Get" -> "{\"Volume\":{\"Name\":\"" + name + "\"}}";
      case "Mount" -> "{\"Mountpoint\":\"" + Files.createDirectories(root.resolve(name)) + "\"}";
      default -> "{}";
    };
  }

  private static String read(SocketChannel connection) throws IOException {
    var bytes = new ByteArrayOutputStream();
    ByteBuffer chunk = ByteBuffer.allocate(8192);
    while (connection.read(chunk.clear()) > 0) {
      bytes.write(chunk.array(), 0, chunk.position());
      String text = bytes.toString(StandardCharsets.UTF_8);
      int body = text.indexOf("\r\n\r\n") + 4;
      Matcher length = LENGTH.matcher(text);
      if (body > 4 && length.find() && text.length() >= body + Integer.parseInt(length.group(1))) {
        return text;
      }
    }
    throw new IOException("the request has no end");
  }
}
