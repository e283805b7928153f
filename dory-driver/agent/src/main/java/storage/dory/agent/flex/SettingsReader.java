// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.flex;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Takes values out of one settings object as the original Dory does, and notes what it cannot. */
final class SettingsReader {
  private static final Set<String> TRUE = Set.of("1", "t", "T", "TRUE", "true", "True");
  private static final Set<String> FALSE = Set.of("0", "f", "F", "FALSE", "false", "False");

  private final JsonNode object;
  private final List<String> problems = new ArrayList<>();
  private boolean anyTaken;

  SettingsReader(JsonNode object) {
    this.object = object;
  }

  /** Any value, as text; empty when the key is absent or its text is. */
  Optional<String> text(SettingKey key) {
    return value(key).map(GoText::of).filter(text -> !text.isEmpty()).map(this::taken);
  }

  /** For keys of ours: that the original's files do not have them is no problem to tell. */
  SettingsReader withoutTelling() {
    return new SettingsReader(object);
  }

  boolean bool(SettingKey key, boolean otherwise) {
    Optional<JsonNode> value = value(key);
    if (value.isEmpty()) {
      return otherwise;
    }
    if (value.get().isBoolean()) {
      return taken(value.get().asBoolean());
    }
    String word = value.get().isTextual() ? value.get().asText() : "";
    if (TRUE.contains(word) || FALSE.contains(word)) {
      return taken(TRUE.contains(word));
    }
    return wrong(key, "bool", value.get(), otherwise);
  }

  long number(SettingKey key, long otherwise) {
    Optional<JsonNode> value = value(key);
    if (value.isEmpty()) {
      return otherwise;
    }
    if (value.get().isNumber()) {
      return taken(value.get().asLong());
    }
    try {
      if (value.get().isTextual()) {
        return taken(Long.parseLong(value.get().asText()));
      }
    } catch (NumberFormatException e) {
      // told below like any other value that is no number
    }
    return wrong(key, "number", value.get(), otherwise);
  }

  List<String> list(SettingKey key, List<String> otherwise) {
    Optional<JsonNode> value = value(key);
    if (value.isEmpty()) {
      return otherwise;
    }
    if (!value.get().isArray() || value.get().isEmpty()) {
      return wrong(key, "slice", value.get(), otherwise);
    }
    List<String> texts = new ArrayList<>();
    value.get().forEach(each -> texts.add(GoText.of(each)));
    return taken(List.copyOf(texts));
  }

  /** What could not be taken, a line each. */
  List<String> problems() {
    return List.copyOf(problems);
  }

  /** Whether at least one key was taken. */
  boolean anyTaken() {
    return anyTaken;
  }

  private Optional<JsonNode> value(SettingKey key) {
    JsonNode value = object.path(key.key());
    if (value.isMissingNode() || value.isNull()) {
      problem(key, "key:" + key.key() + " not found");
      return Optional.empty();
    }
    return Optional.of(value);
  }

  private <T> T taken(T value) {
    anyTaken = true;
    return value;
  }

  private <T> T wrong(SettingKey key, String wanted, JsonNode value, T otherwise) {
    problem(
        key,
        "key:"
            + key.key()
            + " is not a "
            + wanted
            + ".  value:"
            + GoText.of(value)
            + " kind:"
            + GoText.kindOf(value)
            + " type:"
            + GoText.typeOf(value));
    return otherwise;
  }

  private void problem(SettingKey key, String what) {
    problems.add("Error processing option '" + key.key() + "' - " + what);
  }
}
