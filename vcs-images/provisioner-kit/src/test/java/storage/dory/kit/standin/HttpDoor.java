// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit.standin;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Function;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;

/** Serves HTTP/1.1, a request a connection, over a unix socket or a loopback port. */
public final class HttpDoor implements Closeable {
  private final Closeable listening;
  private final Function<HttpCall, HttpAnswer> answers;

  private HttpDoor(Closeable listening, Function<HttpCall, HttpAnswer> answers) {
    this.listening = listening;
    this.answers = answers;
  }

  /** Serves at a unix socket, which must not exist. */
  public static HttpDoor at(Path socket, Function<HttpCall, HttpAnswer> answers)
      throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    HttpDoor door = new HttpDoor(server, answers);
    Thread.ofVirtual().start(() -> door.acceptUnix(server));
    return door;
  }

  /** Serves at a free port of the loopback interface, over what the factory makes. */
  public static HttpDoor at(ServerSocketFactory factory, Function<HttpCall, HttpAnswer> answers)
      throws IOException {
    ServerSocket server = factory.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    HttpDoor door = new HttpDoor(server, answers);
    Thread.ofVirtual().start(() -> door.acceptPort(server));
    return door;
  }

  /** The same, where only that group is known for the key exchange. */
  public static HttpDoor at(
      ServerSocketFactory factory, String group, Function<HttpCall, HttpAnswer> answers)
      throws IOException {
    HttpDoor door = at(factory, answers);
    if (door.listening instanceof SSLServerSocket server) {
      SSLParameters parameters = server.getSSLParameters();
      parameters.setNamedGroups(new String[] {group});
      server.setSSLParameters(parameters);
    }
    return door;
  }

  /** The port served at. */
  public int port() {
    return listening instanceof ServerSocket server ? server.getLocalPort() : -1;
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }

  private void acceptUnix(ServerSocketChannel server) {
    while (server.isOpen()) {
      try {
        SocketChannel channel = server.accept();
        Thread.ofVirtual()
            .start(() -> {
              try (channel) {
                serve(Channels.newInputStream(channel), Channels.newOutputStream(channel));
              } catch (IOException e) {
                // the caller has gone, as one that is killed does
              }
            });
      } catch (IOException e) {
        // closed
      }
    }
  }

  private void acceptPort(ServerSocket server) {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread.ofVirtual()
            .start(() -> {
              try (socket) {
                serve(socket.getInputStream(), socket.getOutputStream());
              } catch (IOException e) {
                // the caller has gone, or does not trust us
              }
            });
      } catch (IOException e) {
        // closed
      }
    }
  }

  private void serve(InputStream raw, OutputStream out) throws IOException {
    InputStream in = new BufferedInputStream(raw);
    String[] first = line(in).split(" ", 3);
    if (first.length < 3) {
      return;
    }
    int length = 0;
    String authorization = "";
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      String name = header.substring(0, header.indexOf(':')).toLowerCase(Locale.ROOT);
      String value = header.substring(header.indexOf(':') + 1).strip();
      if (name.equals("content-length")) {
        length = Integer.parseInt(value);
      } else if (name.equals("authorization")) {
        authorization = value;
      }
    }
    String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
    HttpAnswer answer = answers.apply(new HttpCall(first[0], first[1], authorization, body));
    if (answer.status() == HttpAnswer.NONE.status()) {
      return;
    }
    byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
    String head =
        "HTTP/1.1 "
            + answer.status()
            + " answer\r\nContent-Type: application/json\r\nContent-Length: "
            + bytes.length
            + "\r\nConnection: close\r\n\r\n";
    out.write(head.getBytes(StandardCharsets.US_ASCII));
    out.write(bytes);
    out.flush();
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }
}
