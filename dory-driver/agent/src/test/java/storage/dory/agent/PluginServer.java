// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Docker Volume Plugin on a socket that keeps a plain directory for every name it is asked for,
 * and can be told to hang. Like rclone's it is strict about who holds what: it refuses to mount for
 * an id that has the volume already, and to unmount for one that has not.
 */
final class PluginServer implements AutoCloseable {
  private static final Pattern LENGTH = Pattern.compile("(?i)content-length: *([0-9]+)");

  private final Path root;
  private final ServerSocketChannel server;
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final Set<String> held = new ConcurrentSkipListSet<>();
  private final Set<String> absent = new ConcurrentSkipListSet<>();
  private final Set<String> clungTo = new ConcurrentSkipListSet<>();
  private final Map<String, Path> devices = new ConcurrentHashMap<>();
  private volatile String unmountRefusal = "not mounted by this id";
  private volatile String hanging = "";
  private volatile CountDownLatch hung = new CountDownLatch(1);
  private volatile CountDownLatch released = new CountDownLatch(0);

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

  /** From now on this call is carried out and answered only when it has recovered. */
  void holdAt(String call) {
    released = new CountDownLatch(1);
    hangAt(call);
  }

  /** There is no volume of that name until it is created. */
  void without(String name) {
    absent.add(name);
  }

  /** What it says to who wants unmounted what is not mounted. */
  void refuseToUnmountWith(String words) {
    unmountRefusal = words;
  }

  /** From now on it refuses to unmount the volume, in words that say nothing else. */
  void clingTo(String volume) {
    clungTo.add(volume);
  }

  void letGoOf(String volume) {
    clungTo.remove(volume);
  }

  /** The volume is on that device, which it mounts where nobody else sees it. */
  void keepOn(Path device, String volume) {
    devices.put(volume, device);
  }

  void recover() {
    hanging = "";
    released.countDown();
  }

  void awaitHung() throws InterruptedException {
    hung.await();
  }

  /** The calls that were answered, as {@code Mount v u}. */
  List<String> calls() {
    return List.copyOf(calls);
  }

  /** Who has what mounted, as {@code v u}. */
  Set<String> held() {
    return Set.copyOf(held);
  }

  /** Somebody else has this volume mounted by this id. */
  void hold(String volume, String id) {
    held.add(volume + " " + id);
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
        CountDownLatch release = released;
        boolean forEver = release.getCount() == 0;
        hung.countDown();
        if (forEver) {
          return; // and the connection stays open
        }
        release.await();
      }
      String answer = answer(call, request);
      calls.add(call + " " + request.substring(request.indexOf("\r\n\r\n") + 4));
      String http =
          "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: "
              + answer.getBytes(StandardCharsets.UTF_8).length
              + "\r\n\r\n"
              + answer;
      connection.write(ByteBuffer.wrap(http.getBytes(StandardCharsets.UTF_8)));
      connection.close();
    } catch (IOException e) {
      // the agent was killed: its call has no other end
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String answer(String call, String request) throws IOException {
    String name = field("Name", request);
    String holder = name + " " + field("ID", request);
    ObjectNode answer = new ObjectMapper().createObjectNode();
    switch (call) {
      case "Create" -> absent.remove(name);
      case "Get" -> {
        if (absent.contains(name)) {
          answer.put("Err", "no such volume: " + name);
        } else {
          ObjectNode volume = answer.putObject("Volume").put("Name", name);
          if (devices.containsKey(name)) {
            volume.putObject("Status").put("devicePath", devices.get(name).toString());
          }
        }
      }
      case "Mount" -> {
        if (held.add(holder)) {
          answer.put("Mountpoint", Files.createDirectories(root.resolve(name)).toString());
        } else {
          answer.put("Err", "volume is already mounted by this id");
        }
      }
      case "Unmount" ->
          answer.put(
              "Err",
              clungTo.contains(name)
                  ? "device or resource busy"
                  : held.remove(holder) ? "" : unmountRefusal);
      case "Path" -> answer.put("Mountpoint", root.resolve(name).toString());
      default -> answer.put("Err", "");
    }
    return answer.toString();
  }

  private static String field(String name, String request) throws IOException {
    String body = request.substring(request.indexOf("\r\n\r\n"));
    return new ObjectMapper().readTree(body).path(name).asText();
  }

  private static String read(SocketChannel connection) throws IOException {
    var bytes = new ByteArrayOutputStream();
    ByteBuffer chunk = ByteBuffer.allocate(8192);
    while (connection.read(chunk.clear()) > 0) {
      bytes.write(chunk.array(), 0, chunk.position());
      String text = bytes.toString(StandardCharsets.UTF_8);
      int body = text.indexOf("\r\n\r\n") + 4;
      Matcher length = LENGTH.matcher(text);
      if (body > 4 && length.find() && bytes.size() >= body + Integer.parseInt(length.group(1))) {
        return text;
      }
    }
    throw new IOException("the request has no end");
  }
}
