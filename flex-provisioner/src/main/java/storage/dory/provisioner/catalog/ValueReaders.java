// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** From the text of one value to what it means; a refusal is said for an administrator. */
final class ValueReaders {
  private static final Pattern PROGRAM = Pattern.compile("(/[A-Za-z0-9_.-]+)+");
  private static final Pattern OBJECT_NAME =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
  private static final Pattern PLUGIN_NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,50}[a-z0-9])?");
  private static final Pattern IMAGE = Pattern.compile("[A-Za-z0-9][-A-Za-z0-9._:/@]{0,510}");
  private static final Pattern FILE_SYSTEM = Pattern.compile("[a-z0-9][-a-z0-9._]{0,31}");
  private static final Pattern LABEL_KEY =
      Pattern.compile("([a-z0-9][-a-z0-9.]{0,252}/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");
  private static final Pattern LABEL_VALUE =
      Pattern.compile("([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?");
  private static final Pattern CLAIM_PROPERTY =
      Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");

  /** Keys of a ConfigMap that choose what runs, and annotations of ours. */
  private static final Set<String> OURS =
      Set.of(
          "image",
          "service-account-name",
          "plugin-name",
          "claim",
          "definition",
          "inputs",
          "verdict",
          "request",
          "attempt",
          "config-map",
          "since-attempt",
          "node-given-back",
          "filed",
          "docker-scope");

  private static final int LONGEST_TEMPLATE = 32 << 10;
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(s|m|h)");
  private static final Pattern QUANTITY =
      Pattern.compile("\\d{1,18}(\\.\\d{1,9})?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?");
  private static final Set<String> EFFECTS =
      Set.of("NoSchedule", "PreferNoSchedule", "NoExecute", "");

  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private ValueReaders() {}

  static String imageReference(String text) {
    return matching(IMAGE, text.strip(), "is not an image reference");
  }

  static String programPath(String text) {
    return matching(PROGRAM, text.strip(), "is not the absolute path of a program");
  }

  static String objectName(String text) {
    String name = text.strip();
    if (name.length() > 253) {
      throw new IllegalArgumentException("is longer than 253 characters");
    }
    return matching(
        OBJECT_NAME, name, "is not the name of an object (lower case letters, digits, - and .)");
  }

  static String pluginName(String text) {
    return matching(
        PLUGIN_NAME,
        text.strip(),
        "is not the name of a plugin (at most 52 lower case letters, digits and -)");
  }

  static String fileSystem(String text) {
    return matching(FILE_SYSTEM, text.strip(), "is not the name of a file system");
  }

  static String token(String text) {
    String token = text.strip();
    if (token.isEmpty() || token.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      throw new IllegalArgumentException("is not a token (one word of printable characters)");
    }
    return token;
  }

  static Map<String, String> labels(String text) {
    Map<String, String> labels = new TreeMap<>();
    for (String pair : parts(text)) {
      int equals = pair.indexOf('=');
      if (equals < 0
          || !LABEL_KEY.matcher(pair.substring(0, equals)).matches()
          || !LABEL_VALUE.matcher(pair.substring(equals + 1)).matches()) {
        throw new IllegalArgumentException("'" + brief(pair) + "' is not label=value");
      }
      if (labels.put(pair.substring(0, equals), pair.substring(equals + 1)) != null) {
        throw new IllegalArgumentException(
            "the label " + pair.substring(0, equals) + " is there twice");
      }
    }
    return labels;
  }

  static List<String> names(String text) {
    return parts(text).stream().map(ValueReaders::objectName).distinct().toList();
  }

  static Duration duration(String text, Duration least, Duration most) {
    Matcher matcher = DURATION.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'" + brief(text) + "' is not a duration such as 90s, 5m or 1h");
    }
    long count = Long.parseLong(matcher.group(1));
    Duration duration =
        switch (matcher.group(2)) {
          case "s" -> Duration.ofSeconds(count);
          case "m" -> Duration.ofMinutes(count);
          default -> Duration.ofHours(count);
        };
    if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          "'" + brief(text) + "' is not from " + inWords(least) + " to " + inWords(most));
    }
    return duration;
  }

  static int number(String text, int least, int most) {
    String digits = text.strip();
    if (!digits.matches("\\d{1,9}")
        || Integer.parseInt(digits) < least
        || Integer.parseInt(digits) > most) {
      throw new IllegalArgumentException(
          "'" + brief(text) + "' is not a number from " + least + " to " + most);
    }
    return Integer.parseInt(digits);
  }

  static boolean truth(String text) {
    return switch (text.strip()) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw new IllegalArgumentException("'" + brief(text) + "' is neither true nor false");
    };
  }

  static <E> E oneOf(String text, E[] values, Function<E, String> spelling) {
    List<String> known = new ArrayList<>();
    for (E value : values) {
      if (spelling.apply(value).equals(text.strip())) {
        return value;
      }
      known.add(spelling.apply(value));
    }
    throw new IllegalArgumentException(
        "'" + brief(text) + "' is not one of " + String.join(", ", known));
  }

  static List<DataSourceKind> dataSources(String text) {
    return parts(text).stream()
        .map(part -> oneOf(part, DataSourceKind.values(), DataSourceKind::text))
        .distinct()
        .toList();
  }

  static List<String> claimProperties(String text) {
    List<String> names = parts(text);
    for (String name : names) {
      matching(
          CLAIM_PROPERTY,
          name,
          "cannot be the name of an annotation (letters, digits, -, _ and ., at most 63)");
      if (RequestProperties.reserves(name)
          || OURS.contains(name)
          || name.startsWith(DefinitionKeys.PREFIX)) {
        throw new IllegalArgumentException("'" + name + "' is not for a claim to set");
      }
    }
    return names;
  }

  static String podTemplate(String text) {
    if (text.getBytes(StandardCharsets.UTF_8).length > LONGEST_TEMPLATE) {
      throw new IllegalArgumentException("is longer than 32 KiB");
    }
    return text;
  }

  static List<AllowedTopology> topologies(String text) {
    if (text.isBlank()) {
      return List.of();
    }
    List<AllowedTopology> terms = yaml(text, new TypeReference<List<AllowedTopology>>() {});
    for (AllowedTopology term : terms) {
      if (term.matchLabelExpressions().isEmpty()) {
        throw new IllegalArgumentException("has a term without matchLabelExpressions");
      }
      for (AllowedTopology.Expression expression : term.matchLabelExpressions()) {
        matching(LABEL_KEY, expression.key(), "is not the key of a label");
        if (expression.values().isEmpty()) {
          throw new IllegalArgumentException("'" + expression.key() + "' has no values");
        }
        expression.values().forEach(v -> matching(LABEL_VALUE, v, "is not the value of a label"));
      }
    }
    return terms;
  }

  static List<TolerationRule> tolerations(String text) {
    if (text.isBlank()) {
      return List.of();
    }
    List<TolerationRule> rules = yaml(text, new TypeReference<List<TolerationRule>>() {});
    for (TolerationRule rule : rules) {
      check(rule);
    }
    return rules;
  }

  static ContainerResources resources(String text) {
    if (text.isBlank()) {
      return new ContainerResources(Map.of(), Map.of());
    }
    ContainerResources resources = yaml(text, new TypeReference<ContainerResources>() {});
    for (Map<String, String> amounts : List.of(resources.requests(), resources.limits())) {
      amounts.forEach((name, amount) -> {
        if (!LABEL_KEY.matcher(name).matches()
            || amount == null
            || !QUANTITY.matcher(amount).matches()) {
          throw new IllegalArgumentException(
              "'" + brief(name + ": " + amount) + "' is not a resource and its quantity");
        }
      });
    }
    return resources;
  }

  private static void check(TolerationRule rule) {
    String operator = rule.operator() == null ? "Equal" : rule.operator();
    String effect = rule.effect() == null ? "" : rule.effect();
    String key = rule.key() == null ? "" : rule.key();
    if (!operator.equals("Equal") && !operator.equals("Exists")) {
      throw new IllegalArgumentException("operator '" + brief(operator) + "' is unknown");
    }
    if (!EFFECTS.contains(effect)) {
      throw new IllegalArgumentException("effect '" + brief(effect) + "' is unknown");
    }
    if (!key.isEmpty() && !LABEL_KEY.matcher(key).matches()) {
      throw new IllegalArgumentException("key '" + brief(key) + "' is not the key of a taint");
    }
    if (key.isEmpty() && !operator.equals("Exists")) {
      throw new IllegalArgumentException("a toleration without key needs operator Exists");
    }
  }

  private static <T> T yaml(String text, TypeReference<T> type) {
    try {
      T value = YAML.readerFor(type).readValue(text);
      if (value == null) {
        throw new IllegalArgumentException("is empty YAML");
      }
      if (value instanceof List<?> list && list.contains(null)) {
        throw new IllegalArgumentException("has an empty entry");
      }
      return value;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "cannot be read as YAML: " + brief(e.getOriginalMessage()), e);
    }
  }

  private static List<String> parts(String text) {
    return List.of(text.split(",", -1)).stream()
        .map(String::strip)
        .filter(part -> !part.isEmpty())
        .toList();
  }

  private static String matching(Pattern pattern, String text, String otherwise) {
    if (!pattern.matcher(text).matches()) {
      throw new IllegalArgumentException("'" + brief(text) + "' " + otherwise);
    }
    return text;
  }

  private static String inWords(Duration duration) {
    return duration.toHours() > 0 ? duration.toHours() + "h" : duration.toSeconds() + "s";
  }

  private static String brief(String text) {
    String line = text.strip().replaceAll("\\s+", " ");
    return line.length() <= 80 ? line : line.substring(0, 77) + "...";
  }
}
