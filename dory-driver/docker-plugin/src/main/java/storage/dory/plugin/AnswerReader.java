// SPDX-License-Identifier: Apache-2.0
package storage.dory.plugin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Understands what plugins answer, in all the forms seen in the field: errors with status 200 or
 * 500, as JSON or as plain text, empty bodies, a literal {@code null}, keys of any case.
 */
final class AnswerReader {
  private static final int LONGEST_WORDS = 1000;
  private static final int NOT_FOUND = 404;
  private static final String NO_SUCH_CALL = "HTTP status 404";

  /** A list of 10,000 volumes is within it; a few bytes of JSON may become a hundred in memory. */
  private static final long MOST_TOKENS = 100_000;

  private static final ObjectMapper JSON =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxTokenCount(MOST_TOKENS).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** How plugins say that they have no such volume. */
  private static final List<String> ABSENT =
      List.of(
          "not found",
          "no such",
          "does not exist",
          "doesn't exist",
          "not exist",
          "unknown volume",
          "no volume",
          "unable to find",
          "cannot find",
          "can't find",
          "could not find",
          "couldn't find");

  /** The same words said of something else: a host, a program, an address of the protocol. */
  private static final List<String> SOMETHING_ELSE =
      List.of(
          NO_SUCH_CALL.toLowerCase(Locale.ROOT),
          "page not found",
          "no such host",
          "no such device",
          "no such process",
          "name or service not",
          "executable file not found",
          "command not found",
          "$path",
          "dial tcp",
          "dial unix");

  /** The answer's object when the plugin did as asked, empty for an empty success. */
  Reply<JsonNode> read(RawAnswer answer) {
    Optional<JsonNode> parsed = parse(answer.body());
    String err = parsed.map(node -> text(node, "Err")).orElse("");
    if (answer.status() / 100 != 2) {
      return new Reply.Refused<>(refusal(answer, err));
    }
    if (!err.isBlank()) {
      return new Reply.Refused<>(refusal(answer, err));
    }
    if (answer.body().isBlank()) {
      return new Reply.Done<>(JsonNodeFactory.instance.objectNode());
    }
    return parsed
        .<Reply<JsonNode>>map(Reply.Done::new)
        .orElseGet(() ->
            new Reply.Unreachable<>(
                "the answer is not a JSON object: " + oneLine(answer.body()), true));
  }

  Lookup volume(VolumeName asked, Reply<JsonNode> answer) {
    return switch (answer) {
      case Reply.Done<JsonNode>(JsonNode node) ->
          volume(field(node, "Volume"))
              .map(found -> ifMeant(asked, found))
              .orElseGet(Lookup.Absent::new);
      case Reply.Refused<JsonNode>(String words) ->
          saysAbsent(asked, words) ? new Lookup.Absent() : new Lookup.Refused(words);
      case Reply.Unreachable<JsonNode>(String why, boolean ignored) -> new Lookup.Unreachable(why);
    };
  }

  List<PluginVolume> volumes(JsonNode node) {
    List<PluginVolume> found = new ArrayList<>();
    field(node, "Volumes").forEach(each -> volume(each).ifPresent(found::add));
    return List.copyOf(found);
  }

  Reply<Path> mountpoint(JsonNode node) {
    String path = text(node, "Mountpoint");
    try {
      Path parsed = Path.of(path);
      if (path.isEmpty() || !parsed.isAbsolute()) {
        return new Reply.Refused<>(
            "the plugin answered no absolute mount point: \"" + oneLine(path) + "\"");
      }
      return new Reply.Done<>(parsed.normalize());
    } catch (InvalidPathException e) {
      return new Reply.Refused<>("the plugin answered a mount point that is no path");
    }
  }

  Set<String> implemented(JsonNode node) {
    Set<String> names = new TreeSet<>();
    field(node, "Implements").forEach(each -> names.add(each.asText()));
    return names;
  }

  Scope scope(JsonNode node) {
    String scope = text(field(node, "Capabilities"), "Scope").toLowerCase(Locale.ROOT);
    return scope.equals("global") ? Scope.GLOBAL : Scope.LOCAL;
  }

  private Optional<PluginVolume> volume(JsonNode node) {
    String name = text(node, "Name");
    if (name.isBlank()) {
      return Optional.empty();
    }
    Map<String, String> status = new LinkedHashMap<>();
    field(node, "Status")
        .properties()
        .forEach(each ->
            status.put(
                each.getKey(),
                each.getValue().isValueNode()
                    ? each.getValue().asText()
                    : each.getValue().toString()));
    try {
      return Optional.of(
          new PluginVolume(
              new VolumeName(name),
              Optional.of(text(node, "Mountpoint")).filter(path -> !path.isEmpty()),
              status));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** A plugin that answers with another volume has not said that this one is absent. */
  private static Lookup ifMeant(VolumeName asked, PluginVolume found) {
    String want = asked.value().toLowerCase(Locale.ROOT);
    String got = found.name().value().toLowerCase(Locale.ROOT);
    return want.equals(got) || want.endsWith("/" + got) || got.endsWith("/" + want)
        ? new Lookup.Found(found)
        : new Lookup.Refused(
            "asked for volume " + asked + ", the plugin answered with " + found.name());
  }

  /**
   * Whether an error says that the volume is absent. A volume wrongly taken for absent is one whose
   * data is given up, so the words must be about it and not about what the plugin itself lacks.
   */
  private static boolean saysAbsent(VolumeName asked, String words) {
    String lower = words.toLowerCase(Locale.ROOT);
    boolean aboutIt =
        lower.contains("volume")
            || lower.contains(asked.value().toLowerCase(Locale.ROOT))
            || ABSENT.contains(lower);
    return aboutIt
        && ABSENT.stream().anyMatch(lower::contains)
        && SOMETHING_ELSE.stream().noneMatch(lower::contains);
  }

  private static String refusal(RawAnswer answer, String err) {
    String said = oneLine(err);
    if (!said.isEmpty()) {
      return said;
    }
    String status = "HTTP status " + answer.status();
    String words = oneLine(answer.body());
    if (words.isEmpty()) {
      return status;
    }
    // a server that has no such address says so in words that read like a volume's absence
    return answer.status() == NOT_FOUND ? status + ": " + words : words;
  }

  private static Optional<JsonNode> parse(String body) {
    try {
      JsonNode node = JSON.readTree(body);
      if (node.isNull()) {
        return Optional.of(JsonNodeFactory.instance.objectNode());
      }
      return Optional.of(node).filter(JsonNode::isObject);
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /** Field of any case, as Go's decoder finds it; a missing node when there is none. */
  private static JsonNode field(JsonNode node, String name) {
    JsonNode exact = node.get(name);
    if (exact != null) {
      return exact;
    }
    return node.properties().stream()
        .filter(each -> each.getKey().equalsIgnoreCase(name))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseGet(JsonNodeFactory.instance::missingNode);
  }

  private static String text(JsonNode node, String name) {
    JsonNode field = field(node, name);
    if (field.isNull() || field.isMissingNode()) {
      return "";
    }
    return field.isValueNode() ? field.asText() : field.toString();
  }

  /** Without control characters and terminal colours, bounded: it ends up in events. */
  private static String oneLine(String words) {
    String clean = words.replaceAll("\u001b\\[[0-9;]*m", "").replaceAll("\\p{Cntrl}+", " ").strip();
    return clean.length() <= LONGEST_WORDS ? clean : clean.substring(0, LONGEST_WORDS) + "...";
  }
}
