// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.embedded;

import io.fabric8.mockwebserver.http.Response;
import io.fabric8.mockwebserver.http.WebSocket;
import io.fabric8.mockwebserver.http.WebSocketListener;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * A watch whose end costs other clients nothing.
 *
 * <p>When a watcher drops, the mock's own listener waits on the event loop, for up to a minute,
 * until what is queued for the watcher has been sent, and the sender waits for that very event
 * loop. Until it has finished, it also refuses events, and the request that caused one gets no
 * answer. So a killed client held up the next one. Here the end is handled on a thread of its own:
 * first nothing more is sent, then, with all other requests shut out for the moment that this
 * takes, the mock forgets the watch.
 */
final class ForgivingWatch extends WebSocketListener {
  private final WebSocketListener watch;
  private final Lock alone;
  private volatile @Nullable EndableSocket endable;

  /**
   * @param alone held while no request is being answered
   */
  ForgivingWatch(WebSocketListener watch, Lock alone) {
    this.watch = watch;
    this.alone = alone;
  }

  @Override
  public void onBeforeAccept(WebSocket socket, Response response) {
    watch.onBeforeAccept(socket, response);
  }

  @Override
  public void onOpen(WebSocket socket, Response response) {
    EndableSocket own = new EndableSocket(socket);
    endable = own;
    watch.onOpen(own, response);
  }

  @Override
  public void onMessage(WebSocket socket, String text) {
    watch.onMessage(socket, text);
  }

  @Override
  public void onMessage(WebSocket socket, byte[] bytes) {
    watch.onMessage(socket, bytes);
  }

  @Override
  public void onClosing(WebSocket socket, int code, String reason) {
    watch.onClosing(socket, code, reason);
  }

  @Override
  public void onClosed(WebSocket socket, int code, String reason) {
    end(() -> watch.onClosed(socket, code, reason));
  }

  @Override
  public void onFailure(WebSocket socket, Throwable failure, Response response) {
    end(() -> watch.onFailure(socket, failure, response));
  }

  private void end(Runnable forget) {
    Thread.ofPlatform()
        .daemon()
        .name("end-of-watch")
        .start(() -> {
          EndableSocket own = endable;
          if (own != null) {
            own.end();
          }
          alone.lock();
          try {
            forget.run();
          } finally {
            alone.unlock();
          }
        });
  }
}
