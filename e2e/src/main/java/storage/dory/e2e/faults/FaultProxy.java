// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.faults;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Plain HTTP on loopback, for whoever has its token; the API server behind it answers at a unix
 * socket. Each connection carries one request. Closing ends every connection.
 */
public final class FaultProxy implements AutoCloseable {
  private final FaultPlan plan;
  private final Path upstream;
  private final String token;
  private final ServerSocket door;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * Listens at once.
   *
   * @param upstream unix socket of the API server
   */
  public FaultProxy(FaultPlan plan, Path upstream, String token) throws IOException {
    this.plan = plan;
    this.upstream = upstream;
    this.token = token;
    this.door = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
    threads.execute(this::listen);
  }

  /** URL without a path. */
  public String url() {
    return "http://127.0.0.1:" + door.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    door.close();
    threads.shutdownNow();
  }

  private void listen() {
    while (!door.isClosed()) {
      try {
        Socket socket = door.accept();
        threads.execute(() -> serve(socket));
      } catch (IOException e) {
        // closed, or a client that went before it was let in
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = socket.getInputStream();
      Optional<RequestHead> head = RequestHead.read(in);
      if (head.isEmpty()) {
        return;
      }
      if (!head.get().header("Authorization").equals(Optional.of("Bearer " + token))) {
        refuse(socket, 401);
        return;
      }
      byte[] body = head.get().upgrade() ? new byte[0] : body(head.get(), in);
      switch (plan.next(head.get())) {
        case Fault.None none -> pass(head.get(), body, socket, Duration.ZERO);
        case Fault.Refused(int code) -> refuse(socket, code);
        case Fault.DoneButRefused(int code) -> {
          swallow(head.get(), body);
          refuse(socket, code);
        }
        case Fault.AnswerLost lost -> swallow(head.get(), body);
        case Fault.Silence(Duration span) -> TimeUnit.NANOSECONDS.sleep(span.toNanos());
        case Fault.Dropped(Duration after) -> pass(head.get(), body, socket, after);
      }
    } catch (IOException e) {
      // a client or a server that went: the other side sees its connection end
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static byte[] body(RequestHead head, InputStream in) throws IOException {
    if (head.header("Transfer-Encoding").filter("chunked"::equalsIgnoreCase).isPresent()) {
      return chunks(in);
    }
    int length = Integer.parseInt(head.header("Content-Length").orElse("0"));
    return in.readNBytes(length);
  }

  /** The chunks as they are, with their lengths. */
  private static byte[] chunks(InputStream in) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (true) {
      StringBuilder line = new StringBuilder();
      int one;
      while ((one = in.read()) >= 0 && one != '\n') {
        line.append((char) one);
      }
      int size = Integer.parseInt(line.toString().strip(), 16);
      all.writeBytes((line + "\n").getBytes(StandardCharsets.ISO_8859_1));
      all.writeBytes(in.readNBytes(size + 2));
      if (size == 0) {
        return all.toByteArray();
      }
    }
  }

  private void pass(RequestHead head, byte[] body, Socket client, Duration cutAfter)
      throws IOException {
    try (SocketChannel server = connect()) {
      send(server, head, body);
      if (head.upgrade()) {
        threads.execute(() -> copyUp(client, server));
      }
      if (!cutAfter.isZero()) {
        threads.execute(() -> cut(client, server, cutAfter));
      }
      Channels.newInputStream(server).transferTo(client.getOutputStream());
    }
  }

  private static void copyUp(Socket client, SocketChannel server) {
    try {
      client.getInputStream().transferTo(Channels.newOutputStream(server));
    } catch (IOException e) {
      // the connection has ended
    }
  }

  private static void cut(Socket client, SocketChannel server, Duration after) {
    try {
      TimeUnit.NANOSECONDS.sleep(after.toNanos());
      client.close();
      server.close();
    } catch (IOException e) {
      // ended already
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void swallow(RequestHead head, byte[] body) throws IOException {
    try (SocketChannel server = connect()) {
      send(server, head, body);
      var _ = Channels.newInputStream(server).readAllBytes();
    }
  }

  private SocketChannel connect() throws IOException {
    SocketChannel server = SocketChannel.open(StandardProtocolFamily.UNIX);
    boolean connected = false;
    try {
      connected = server.connect(UnixDomainSocketAddress.of(upstream));
      return server;
    } finally {
      if (!connected) {
        server.close();
      }
    }
  }

  private static void send(SocketChannel server, RequestHead head, byte[] body) throws IOException {
    OutputStream out = Channels.newOutputStream(server);
    out.write(head.onward());
    out.write(body);
  }

  private static void refuse(Socket client, int code) throws IOException {
    byte[] status =
        ("{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"reason\":\""
                + reason(code)
                + "\",\"message\":\"injected\",\"code\":"
                + code
                + "}")
            .getBytes(StandardCharsets.UTF_8);
    String head =
        "HTTP/1.1 "
            + code
            + " Injected\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: "
            + status.length
            + "\r\n\r\n";
    OutputStream out = client.getOutputStream();
    out.write(head.getBytes(StandardCharsets.ISO_8859_1));
    out.write(status);
    out.flush();
  }

  private static String reason(int code) {
    return switch (code) {
      case 401 -> "Unauthorized";
      case 409 -> "Conflict";
      case 429 -> "TooManyRequests";
      case 503 -> "ServiceUnavailable";
      case 504 -> "Timeout";
      default -> "InternalError";
    };
  }
}
