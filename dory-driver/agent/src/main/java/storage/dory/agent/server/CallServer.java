// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.newsclub.net.unix.AFUNIXServerSocket;
import org.newsclub.net.unix.AFUNIXSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.newsclub.net.unix.FileDescriptorCast;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the agent's socket: a connection, a thread, a request line, a reply line. The number of
 * connections served at once is bounded; one too many is told so.
 */
public final class CallServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CallServer.class);
  private static final int BACKLOG = 256;
  private static final Duration LEAVING = Duration.ofSeconds(1);

  private final Entrance entrance;
  private final Object socketKey;
  private final AFUNIXServerSocket listening;
  private final Limits limits;
  private final Replies replies;
  private final Semaphore free;
  private final PeerRule peers;
  private final Thread accepting = Thread.ofPlatform().name("calls").unstarted(this::accept);
  private volatile boolean stopping;

  /**
   * How much is put up with.
   *
   * @param connections served at once
   * @param reading time for a whole request line to arrive
   * @param longestRequest in bytes
   */
  public record Limits(int connections, Duration reading, int longestRequest) {
    public static final Limits DEFAULT = new Limits(256, Duration.ofSeconds(10), 1 << 20);
  }

  /**
   * What is said to a caller.
   *
   * @param answer from a request line without its newline to a reply line with it; must not throw
   * @param refusal from the reason why no request was looked at to a reply line with newline
   */
  public record Replies(UnaryOperator<String> answer, UnaryOperator<String> refusal) {}

  private CallServer(
      Entrance entrance, AFUNIXServerSocket listening, Limits limits, Replies replies)
      throws IOException {
    this.entrance = entrance;
    this.socketKey = keyOf(entrance.socket());
    this.listening = listening;
    this.limits = limits;
    this.replies = replies;
    this.free = new Semaphore(limits.connections());
    this.peers = PeerRule.ofThisProcess();
  }

  /** Listens and serves, with mode 0600, in place of a stale socket. */
  public static CallServer start(Path socket, Limits limits, Replies replies) throws IOException {
    return start(new Entrance.At(socket), limits, replies);
  }

  /** Serves where calls come in. */
  public static CallServer start(Entrance entrance, Limits limits, Replies replies)
      throws IOException {
    AFUNIXServerSocket listening =
        switch (entrance) {
          case Entrance.At(Path socket) -> listen(socket);
          case Entrance.HandedOver(Path ignored, int descriptor) ->
              FileDescriptorCast.unsafeUsing(descriptor).as(AFUNIXServerSocket.class);
        };
    // who has made its name takes it away
    listening.setDeleteOnClose(false);
    CallServer server = new CallServer(entrance, listening, limits, replies);
    server.accepting.start();
    return server;
  }

  /**
   * Takes no more connections and waits for those being served.
   *
   * @return whether all were done in time
   */
  public boolean stop(Duration patience) {
    close();
    try {
      return free.tryAcquire(limits.connections(), patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() {
    stopping = true;
    try {
      switch (entrance) {
        case Entrance.At(Path socket) -> {
          // a successor may have put its own socket there already
          if (Files.exists(socket) && Objects.equals(keyOf(socket), socketKey)) {
            Files.delete(socket);
          }
          listening.close();
        }
        case Entrance.HandedOver(Path socket, int ignored) -> leave(socket);
      }
    } catch (IOException e) {
      LOG.debug("closing {}: {}", entrance.socket(), e.toString());
    }
  }

  /**
   * Accepts no more. Closing would shut the socket down for its owner, too: callers would be
   * refused, and systemd gives up a socket that somebody has shut down.
   */
  private void leave(Path socket) throws IOException {
    if (!accepting.isAlive()) {
      return;
    }
    // ends the wait for a caller
    try (AFUNIXSocket last = AFUNIXSocket.newInstance()) {
      last.connect(AFUNIXSocketAddress.of(socket), (int) LEAVING.toMillis());
      accepting.join(LEAVING);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * The library checks at every accept that the path still is its own, so that the socket cannot be
   * made elsewhere and renamed. Who connects before the mode is set is judged by credentials like
   * everybody else.
   */
  private static AFUNIXServerSocket listen(Path socket) throws IOException {
    Files.createDirectories(Objects.requireNonNull(socket.toAbsolutePath().getParent()));
    Files.deleteIfExists(socket);
    AFUNIXServerSocket listening = AFUNIXServerSocket.newInstance();
    listening.setDeleteOnClose(false);
    listening.bind(AFUNIXSocketAddress.of(socket), BACKLOG);
    Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
    return listening;
  }

  private void accept() {
    while (!stopping) {
      try {
        AFUNIXSocket connection = listening.accept();
        if (free.tryAcquire()) {
          serveOnItsThread(connection);
        } else {
          LOG.warn("refused a call: {} are under way", limits.connections());
          refuse(connection, "the agent serves " + limits.connections() + " calls already");
        }
      } catch (IOException | RuntimeException | OutOfMemoryError e) {
        if (!stopping) {
          LOG.error("accepting a call failed", e);
          pauseAfterFailure();
        }
      }
    }
  }

  private void serveOnItsThread(AFUNIXSocket connection) {
    boolean started = false;
    try {
      Thread.ofPlatform().name("call").stackSize(512 << 10).start(() -> serve(connection));
      started = true;
    } finally {
      if (!started) {
        free.release();
        refuse(connection, "the agent cannot start a thread for the call");
      }
    }
  }

  private void serve(AFUNIXSocket connection) {
    try (connection) {
      if (!peers.allows(connection.getPeerCredentials())) {
        LOG.warn("refused a peer: {}", connection.getPeerCredentials());
        say(connection, replies.refusal().apply("the agent serves root and its own user only"));
        return;
      }
      RequestLine line = RequestLine.read(connection, limits);
      say(
          connection,
          switch (line) {
            case RequestLine.Whole(String text) -> replies.answer().apply(text);
            case RequestLine.None(String why) -> replies.refusal().apply(why);
          });
    } catch (IOException e) {
      // the caller went away; what it asked for is done or recorded all the same
      LOG.debug("a caller went away: {}", e.toString());
    } finally {
      free.release();
    }
  }

  private void refuse(AFUNIXSocket connection, String why) {
    try (connection) {
      say(connection, replies.refusal().apply(why));
    } catch (IOException e) {
      LOG.debug("a caller went away: {}", e.toString());
    }
  }

  private static void say(AFUNIXSocket connection, String reply) throws IOException {
    connection.getOutputStream().write(reply.getBytes(StandardCharsets.UTF_8));
  }

  private static Object keyOf(Path path) throws IOException {
    Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    return key == null ? path : key;
  }

  private static void pauseAfterFailure() {
    try {
      Thread.sleep(100); // out of descriptors, perhaps: do not spin
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
