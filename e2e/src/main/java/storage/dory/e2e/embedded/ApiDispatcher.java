// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.embedded;

import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.http.Dispatcher;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.fabric8.mockwebserver.http.WebSocketListener;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The mock's CRUD answers, with what our programs need beyond them: discovery, pod logs, tokens, a
 * watch that may be dropped, and {@code AlreadyExists} said as a real server does. Counts requests
 * by verb.
 */
final class ApiDispatcher extends Dispatcher {
  private static final Pattern LOG =
      Pattern.compile("/api/v1/namespaces/([^/]+)/pods/([^/?]+)/log(\\?.*)?");
  private static final Pattern TOKEN =
      Pattern.compile("/api/v1/namespaces/[^/]+/serviceaccounts/([^/?]+)/token");

  private final KubernetesCrudDispatcher objects = new KubernetesCrudDispatcher();
  private final Discovery discovery = new Discovery();
  private final PodLogs logs;

  /** Read by requests, written by the end of a watch. */
  private final ReadWriteLock requests = new ReentrantReadWriteLock();

  private final Map<String, LongAdder> counts = new ConcurrentSkipListMap<>();
  private final Map<String, LongAdder> clients = new ConcurrentSkipListMap<>();

  ApiDispatcher(PodLogs logs) {
    this.logs = logs;
  }

  /** How many requests of each verb came, watches as {@code WATCH}. */
  Map<String, Long> counts() {
    Map<String, Long> now = new ConcurrentSkipListMap<>();
    counts.forEach((verb, count) -> now.put(verb, count.sum()));
    return now;
  }

  /** How many requests each client made, by the name it gives itself. */
  Map<String, Long> clients() {
    Map<String, Long> now = new ConcurrentSkipListMap<>();
    clients.forEach((client, count) -> now.put(client, count.sum()));
    return now;
  }

  @Override
  public MockResponse dispatch(RecordedRequest request) {
    String verb = request.getMethod();
    String path = request.getPath();
    clients
        .computeIfAbsent(
            Objects.requireNonNullElse(request.getHeader("User-Agent"), "unknown"),
            _ -> new LongAdder())
        .increment();
    Optional<MockResponse> own = own(verb, path);
    MockResponse answer = own.isPresent() ? own.get() : object(request);
    WebSocketListener watch = answer.getWebSocketListener();
    counts.computeIfAbsent(watch == null ? verb : "WATCH", _ -> new LongAdder()).increment();
    if (watch != null) {
      return answer.withWebSocketUpgrade(new ForgivingWatch(watch, requests.writeLock()));
    }
    if (verb.equals("POST") && answer.code() == 409) {
      return json(
          409,
          """
          {"apiVersion":"v1","kind":"Status","status":"Failure","reason":"AlreadyExists",\
          "message":"the object already exists","code":409}\
          """);
    }
    return answer;
  }

  private MockResponse object(RecordedRequest request) {
    requests.readLock().lock();
    try {
      return objects.dispatch(request);
    } finally {
      requests.readLock().unlock();
    }
  }

  private Optional<MockResponse> own(String verb, String path) {
    if (verb.equals("GET")) {
      Matcher log = LOG.matcher(path);
      if (log.matches()) {
        return Optional.of(
            new MockResponse()
                .setResponseCode(200)
                .setHeader("Content-Type", "text/plain")
                .setBody(logs.of(log.group(1), log.group(2))));
      }
      if (path.equals("/embedded/clients")) {
        return Optional.of(json(200, Serialization.asJson(clients())));
      }
      if (path.equals("/embedded/requests")) {
        return Optional.of(json(200, counts().toString()));
      }
      return discovery.document(path.replaceFirst("\\?.*", "")).map(body -> json(200, body));
    }
    if (verb.equals("POST") && TOKEN.matcher(path).matches()) {
      return Optional.of(
          json(
              201,
              """
              {"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","status":\
              {"token":"embedded","expirationTimestamp":"2100-01-01T00:00:00Z"}}\
              """));
    }
    return Optional.empty();
  }

  private static MockResponse json(int code, String body) {
    return new MockResponse()
        .setResponseCode(code)
        .setHeader("Content-Type", "application/json")
        .setBody(body);
  }
}
