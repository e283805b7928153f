// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit.standin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;

/** The PersistentVolumes of an API server, in memory; knows one token. */
public final class ApiStandIn {
  private static final String PATH = "/api/v1/persistentvolumes";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String token;
  private final Map<String, JsonNode> volumes = new TreeMap<>();
  private final List<String> calls = new ArrayList<>();
  private Optional<HttpAnswer> onCreate = Optional.empty();
  private CountDownLatch createMayGoOn = new CountDownLatch(0);

  public ApiStandIn(String token) {
    this.token = token;
  }

  /** The objects, by name. */
  public synchronized Map<String, JsonNode> volumes() {
    return Map.copyOf(volumes);
  }

  /** One object; missing when there is none. */
  public synchronized JsonNode volume(String name) {
    return Optional.ofNullable(volumes.get(name)).orElseGet(JsonNodeFactory.instance::missingNode);
  }

  /** Method and path of each call, in order. */
  public synchronized List<String> calls() {
    return List.copyOf(calls);
  }

  /** Puts an object there. */
  public synchronized void hold(String name, String json) {
    volumes.put(name, tree(json));
  }

  /** Has creating answer this from now on. */
  public synchronized void refuseCreate(int status, String message) {
    onCreate = Optional.of(status(status, "Refused", message));
  }

  /** Keeps creating from being done until the answered latch is counted down. */
  public synchronized CountDownLatch holdCreate() {
    createMayGoOn = new CountDownLatch(1);
    return createMayGoOn;
  }

  /** Answers a call of the API. */
  public HttpAnswer answer(HttpCall call) {
    CountDownLatch gate;
    synchronized (this) {
      calls.add(call.method() + " " + call.path());
      gate = createMayGoOn;
    }
    if (!call.authorization().equals("Bearer " + token)) {
      return status(401, "Unauthorized", "Unauthorized");
    }
    if (call.method().equals("POST") && call.path().equals(PATH)) {
      try {
        gate.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return create(tree(call.body()));
    }
    return get(call.path().substring(call.path().lastIndexOf('/') + 1));
  }

  private synchronized HttpAnswer create(JsonNode volume) {
    String name = volume.at("/metadata/name").asText();
    if (onCreate.isPresent()) {
      return onCreate.get();
    }
    if (volumes.putIfAbsent(name, volume) != null) {
      return status(409, "AlreadyExists", "persistentvolumes \"" + name + "\" already exists");
    }
    return new HttpAnswer(201, volume.toString());
  }

  private synchronized HttpAnswer get(String name) {
    return Optional.ofNullable(volumes.get(name))
        .map(volume -> new HttpAnswer(200, volume.toString()))
        .orElseGet(() -> status(404, "NotFound", name + " not found"));
  }

  private static HttpAnswer status(int code, String reason, String message) {
    return new HttpAnswer(
        code,
        JsonNodeFactory.instance
            .objectNode()
            .put("kind", "Status")
            .put("reason", reason)
            .put("message", message)
            .put("code", code)
            .toString());
  }

  private static JsonNode tree(String body) {
    try {
      return JSON.readTree(body);
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
