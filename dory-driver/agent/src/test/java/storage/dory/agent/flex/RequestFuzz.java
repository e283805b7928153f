// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.flex;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Harness for the agent's side of a call: request line, call, what is logged of it, reply; and the
 * settings file. An input is a request line, and after its first newline a settings file. Run by
 * {@code dory-driver/fuzz/run} and, over the corpus, by {@link RequestFuzzTest}.
 */
public final class RequestFuzz {
  private static final String SECRET = "s3cr3t";
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private RequestFuzz() {}

  /** Called for each input; throws when something that must hold does not. */
  public static void fuzzerTestOneInput(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    int newline = text.indexOf('\n');
    String line = newline < 0 ? text : text.substring(0, newline);
    FlexCodec codec = new FlexCodec();
    DriverPath driver = new DriverPath(java.nio.file.Path.of("/d/v~p/p"));
    try {
      FlexRequest request = codec.request(line);
      driver = request.driver();
      checkReply(codec.write(replyTo(codec.call(request))));
      checkShown(request);
    } catch (IllegalArgumentException e) {
      checkReply(codec.write(new FlexReply.Failure(String.valueOf(e.getMessage()))));
    }
    DriverSettings settings = DriverSettings.of(text.substring(newline + 1));
    checkReply(
        codec.write(new FlexReply.Told(new ConfigReport("1").of(driver, "f", settings, "p", "l"))));
  }

  private static FlexReply replyTo(FlexCall call) {
    return switch (call) {
      case FlexCall.Mount(DriverPath ignored, TargetDirectory target, FlexOptions options) ->
          new FlexReply.Failure(
              target.path()
                  + target.podUid()
                  + target.volume()
                  + options.volumeName()
                  + options.podUid()
                  + options.readOnly()
                  + options.forCreate(true, java.util.Optional.empty()).keySet());
      case FlexCall.Unmount(DriverPath ignored, TargetDirectory target) ->
          new FlexReply.Failure(target.path() + target.podUid());
      case FlexCall.Attach(DriverPath ignored, FlexOptions options) ->
          new FlexReply.Failure(String.valueOf(options.volumeName()));
      case FlexCall.Config ignored -> new FlexReply.Success();
      case FlexCall.Unknown ignored -> new FlexReply.NotSupported();
      case FlexCall.Unusable(String why) -> new FlexReply.Failure(why);
    };
  }

  /** One line with one JSON object that has a status, whatever was asked. */
  private static void checkReply(String reply) {
    String sent = new String(reply.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    require(sent.indexOf('\n') == sent.length() - 1, "not one line: " + sent);
    try {
      JsonNode node = JSON.readTree(sent);
      require(node.isObject() && node.path("status").isTextual(), "no status: " + sent);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("no JSON: " + sent, e);
    }
  }

  /** The value of an option that nobody knows is in no log. */
  private static void checkShown(FlexRequest request) {
    String options = "{\"name\":\"v\",\"key of a plugin\":\"" + SECRET + "\"}";
    List<String> args = new java.util.ArrayList<>(request.args());
    boolean without = !SafeArguments.of(args).contains(SECRET);
    args.add(options);
    require(!without || !SafeArguments.of(args).contains(SECRET), "a secret is shown");
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }
}
