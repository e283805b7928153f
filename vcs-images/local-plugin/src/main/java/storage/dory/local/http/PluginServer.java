// SPDX-License-Identifier: Apache-2.0
package storage.dory.local.http;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import storage.dory.local.volumes.Volumes;

/** Serves volumes on a unix socket that only its owner can use. */
public final class PluginServer implements AutoCloseable {
  private static final int THREADS = 64;

  /** Longer than any request may take, so that no answer is lost to it. */
  private static final Duration IDLE = Duration.ofMinutes(10);

  private static final Duration LAST_REQUESTS = Duration.ofSeconds(3);

  /** How long a thread has to end after that, twice: before and after it is interrupted. */
  private static final Duration LAST_THREADS = Duration.ofMillis(500);

  private final QueuedThreadPool threads = new QueuedThreadPool(THREADS, 2);
  private final Server server = new Server(threads);
  private final PluginSocket socket;
  private @Nullable Object published;

  /**
   * @throws IOException when there can be no socket at this path
   */
  public PluginServer(Path socket, Volumes volumes) throws IOException {
    this.socket = PluginSocket.at(socket);
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    UnixDomainServerConnector connector =
        new UnixDomainServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    connector.setUnixDomainPath(this.socket.bound());
    connector.setIdleTimeout(IDLE.toMillis());
    server.addConnector(connector);
    server.setHandler(new GracefulHandler(new PluginHandler(new PluginProtocol(volumes))));
    server.setStopTimeout(LAST_REQUESTS.toMillis());
    threads.setStopTimeout(LAST_THREADS.toMillis());
  }

  /**
   * Checks that the socket's place is free.
   *
   * @throws IOException when somebody answers there already
   */
  public void claim() throws IOException {
    socket.claim();
  }

  /** Starts serving; to be called once, after {@link #claim}. */
  public synchronized void start() throws IOException {
    socket.prepare();
    try {
      server.start();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("the server does not start: " + e.getMessage(), e);
    }
    published = socket.publish();
  }

  /** Waits until the server is closed. */
  public void join() throws InterruptedException {
    server.join();
  }

  /** Takes no more requests, lets those under way end within 3 s, and removes the socket. */
  @Override
  public synchronized void close() throws IOException {
    Object key = published;
    published = null;
    if (key != null) {
      socket.withdraw(key);
    }
    try {
      server.stop();
    } catch (Exception e) {
      throw new IOException("the server does not stop: " + e.getMessage(), e);
    }
  }
}
