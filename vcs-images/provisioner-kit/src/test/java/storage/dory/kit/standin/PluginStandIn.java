// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit.standin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** A Docker Volume Plugin that keeps its volumes in memory and can be told what to refuse. */
public final class PluginStandIn {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, JsonNode> volumes = new TreeMap<>();
  private final Map<String, String> refusals = new TreeMap<>();
  private final List<String> calls = new ArrayList<>();
  private final Set<String> silent = new TreeSet<>();

  /** Options of each volume, by name. */
  public synchronized Map<String, JsonNode> volumes() {
    return Map.copyOf(volumes);
  }

  /** Options of one volume; missing when there is none. */
  public synchronized JsonNode volume(String name) {
    return Optional.ofNullable(volumes.get(name)).orElseGet(JsonNodeFactory.instance::missingNode);
  }

  /** Methods called, in order. */
  public synchronized List<String> calls() {
    return List.copyOf(calls);
  }

  /** Has a method answer an error from now on. */
  public synchronized void refuse(String method, String words) {
    refusals.put(method, words);
  }

  /** Has a method be called and never be answered from now on. */
  public synchronized void hangUpOn(String method) {
    silent.add(method);
  }

  /** Puts a volume there that nobody asked for. */
  public synchronized void hold(String name) {
    volumes.put(name, JsonNodeFactory.instance.objectNode());
  }

  /** Answers a call of the protocol. */
  public synchronized HttpAnswer answer(HttpCall call) {
    String method = call.path().substring(call.path().indexOf('.') + 1);
    calls.add(method);
    if (silent.contains(method)) {
      return HttpAnswer.NONE;
    }
    return Optional.ofNullable(refusals.get(method))
        .map(words -> new HttpAnswer(500, object().put("Err", words).toString()))
        .orElseGet(() -> answer(method, tree(call.body())));
  }

  private HttpAnswer answer(String method, JsonNode request) {
    String name = request.path("Name").asText();
    return switch (method) {
      case "Get" ->
          volumes.containsKey(name)
              ? done(object().set("Volume", object().put("Name", name)))
              : new HttpAnswer(500, object().put("Err", "volume not found").toString());
      case "Create" -> {
        volumes.put(name, request.path("Opts"));
        yield done(object());
      }
      case "Remove" -> {
        volumes.remove(name);
        yield done(object());
      }
      case "List" -> {
        ObjectNode all = object();
        volumes.keySet().forEach(each -> all.withArray("Volumes").addObject().put("Name", each));
        yield done(all);
      }
      case "Capabilities" -> done(object().set("Capabilities", object().put("Scope", "local")));
      default -> new HttpAnswer(404, "404 page not found");
    };
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  private static HttpAnswer done(JsonNode body) {
    return new HttpAnswer(200, body.toString());
  }

  private static JsonNode tree(String body) {
    try {
      return JSON.readTree(body);
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
