// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.fakes;

import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.mockwebserver.http.Dispatcher;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.fabric8.mockwebserver.http.Response;
import io.fabric8.mockwebserver.http.WebSocket;
import io.fabric8.mockwebserver.http.WebSocketListener;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The mock's dispatcher, made to bear watchers that go away. By itself it waits on its event loop
 * for what is queued for them, which that same event loop would have to send, and everybody else
 * waits with it. Here a watch ends on a thread of its own while no request is answered, and nothing
 * is sent to it any more.
 */
final class PatientDispatcher extends Dispatcher {
  private final KubernetesCrudDispatcher objects = new KubernetesCrudDispatcher();
  private final ReadWriteLock requests = new ReentrantReadWriteLock();

  @Override
  public MockResponse dispatch(RecordedRequest request) {
    MockResponse answer;
    requests.readLock().lock();
    try {
      answer = objects.dispatch(request);
    } finally {
      requests.readLock().unlock();
    }
    WebSocketListener watch = answer.getWebSocketListener();
    return watch == null ? answer : answer.withWebSocketUpgrade(new Watch(watch));
  }

  private final class Watch extends WebSocketListener {
    private final WebSocketListener mock;
    private final Line line = new Line();

    private Watch(WebSocketListener mock) {
      this.mock = mock;
    }

    @Override
    public void onBeforeAccept(WebSocket socket, Response response) {
      mock.onBeforeAccept(socket, response);
    }

    @Override
    public void onOpen(WebSocket socket, Response response) {
      mock.onOpen(line.to(socket), response);
    }

    @Override
    public void onMessage(WebSocket socket, String text) {
      mock.onMessage(socket, text);
    }

    @Override
    public void onMessage(WebSocket socket, byte[] bytes) {
      mock.onMessage(socket, bytes);
    }

    @Override
    public void onClosing(WebSocket socket, int code, String reason) {
      mock.onClosing(socket, code, reason);
    }

    @Override
    public void onClosed(WebSocket socket, int code, String reason) {
      forget(() -> mock.onClosed(socket, code, reason));
    }

    @Override
    public void onFailure(WebSocket socket, Throwable failure, Response response) {
      forget(() -> mock.onFailure(socket, failure, response));
    }

    private void forget(Runnable end) {
      line.cut();
      Thread.ofPlatform()
          .daemon()
          .name("end-of-watch")
          .start(() -> {
            requests.writeLock().lock();
            try {
              end.run();
            } finally {
              requests.writeLock().unlock();
            }
          });
    }
  }

  /** The way to a watcher; cut, it swallows what is sent. */
  private static final class Line {
    private volatile boolean cut;

    private void cut() {
      cut = true;
    }

    private WebSocket to(WebSocket socket) {
      return new WebSocket() {
        @Override
        public RecordedRequest request() {
          return socket.request();
        }

        @Override
        public boolean send(String text) {
          return !cut && socket.send(text);
        }

        @Override
        public boolean send(byte[] bytes) {
          return !cut && socket.send(bytes);
        }

        @Override
        public boolean close(int code, String reason) {
          return socket.close(code, reason);
        }
      };
    }
  }
}
