// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.flex;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The text of calls and replies. Understands anything; what makes no sense becomes a value too. */
public final class FlexCodec {
  private static final int LONGEST_MESSAGE = 1500;
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /**
   * A request line of the driver: its own path, its process and its arguments, verb first.
   *
   * @throws IllegalArgumentException when it is none, in words for kubelet
   */
  public FlexRequest request(String line) {
    JsonNode request =
        object(line)
            .orElseThrow(() -> new IllegalArgumentException("the request is not a JSON object"));
    List<String> args = new ArrayList<>();
    request.path("args").forEach(each -> args.add(each.asText()));
    if (args.isEmpty()) {
      throw new IllegalArgumentException("Not enough args");
    }
    return new FlexRequest(
        new DriverPath(Path.of(request.path("driver").asText())),
        request.path("pid").asLong(),
        args.getFirst(),
        args.subList(1, args.size()),
        Optional.ofNullable(request.path("said").textValue()));
  }

  /** What a request asks for. */
  public FlexCall call(FlexRequest request) {
    try {
      return call(request.driver(), request.verb(), request.args());
    } catch (InvalidPathException e) {
      return new FlexCall.Unusable("not a path: " + e.getReason());
    } catch (IllegalArgumentException e) {
      return new FlexCall.Unusable(String.valueOf(e.getMessage()));
    }
  }

  /** A reply line, with its newline. */
  public String write(FlexReply reply) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    switch (reply) {
      case FlexReply.Success() -> node.put("status", "Success");
      case FlexReply.Told(String message) -> node.put("status", "Success").put("message", message);
      case FlexReply.Failure(String message) ->
          node.put("status", "Failure").put("message", shortened(message));
      case FlexReply.NotSupported() ->
          node.put("status", "Not supported").put("message", "Not supported.");
    }
    return node + "\n";
  }

  private static FlexCall call(DriverPath driver, String verb, List<String> args) {
    return switch (verb) {
      case "mount" -> args.size() < 2 ? tooFew(verb) : mount(driver, args);
      case "unmount" -> args.isEmpty() ? tooFew(verb) : new FlexCall.Unmount(driver, target(args));
      case "attach" -> args.isEmpty() ? tooFew(verb) : attach(driver, args);
      case "config" -> new FlexCall.Config(driver);
      default -> args.isEmpty() ? tooFew(verb) : new FlexCall.Unknown(verb);
    };
  }

  private static FlexCall mount(DriverPath driver, List<String> args) {
    TargetDirectory target = target(args);
    return options(args.subList(1, args.size()))
        .<FlexCall>map(options -> new FlexCall.Mount(driver, target, options))
        .orElseGet(() -> new FlexCall.Unusable("mount: the options are not a JSON object"));
  }

  private static FlexCall attach(DriverPath driver, List<String> args) {
    return options(args.subList(0, 1))
        .<FlexCall>map(options -> new FlexCall.Attach(driver, options))
        .orElseGet(() -> new FlexCall.Unusable("attach: the options are not a JSON object"));
  }

  private static TargetDirectory target(List<String> args) {
    return new TargetDirectory(Path.of(args.getFirst()));
  }

  private static FlexCall tooFew(String verb) {
    return new FlexCall.Unusable("Not enough arguments for " + verb);
  }

  /** The first argument that is a JSON object: Kubernetes 1.5 put a device before it. */
  private static Optional<FlexOptions> options(List<String> args) {
    return args.stream().flatMap(each -> object(each).stream()).findFirst().map(FlexCodec::options);
  }

  private static FlexOptions options(JsonNode node) {
    Map<String, String> values = new HashMap<>();
    node.properties()
        .forEach(each -> {
          JsonNode value = each.getValue();
          if (!value.isNull()) {
            values.put(each.getKey(), value.isValueNode() ? value.asText() : value.toString());
          }
        });
    return new FlexOptions(values);
  }

  private static Optional<JsonNode> object(String text) {
    try {
      return Optional.ofNullable(JSON.readTree(text)).filter(JsonNode::isObject);
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /** What was tried is at its start, why it failed at its end. */
  private static String shortened(String message) {
    int half = LONGEST_MESSAGE / 2;
    return message.length() <= LONGEST_MESSAGE
        ? message
        : message.substring(0, half) + "..." + message.substring(message.length() - half);
  }
}
