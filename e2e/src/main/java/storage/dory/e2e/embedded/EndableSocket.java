// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.embedded;

import io.fabric8.mockwebserver.http.RecordedRequest;
import io.fabric8.mockwebserver.http.WebSocket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** A socket that can be told that its peer has gone: from then on sending does nothing, at once. */
final class EndableSocket implements WebSocket {
  private final WebSocket socket;
  private final AtomicInteger sending = new AtomicInteger();
  private volatile boolean ended;

  EndableSocket(WebSocket socket) {
    this.socket = socket;
  }

  /** Returns when no send is under way any more, which the closing of the connection brings. */
  void end() {
    ended = true;
    try {
      while (sending.get() > 0) {
        Thread.sleep(1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public RecordedRequest request() {
    return socket.request();
  }

  @Override
  public boolean send(String text) {
    return unlessEnded(() -> socket.send(text));
  }

  @Override
  public boolean send(byte[] bytes) {
    return unlessEnded(() -> socket.send(bytes));
  }

  @Override
  public boolean close(int code, String reason) {
    return socket.close(code, reason);
  }

  private boolean unlessEnded(BooleanSupplier send) {
    sending.incrementAndGet();
    try {
      return !ended && send.getAsBoolean();
    } finally {
      sending.decrementAndGet();
    }
  }
}
