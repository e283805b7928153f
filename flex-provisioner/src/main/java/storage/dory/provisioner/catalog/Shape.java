// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** What a part of a YAML document may be. What a shape does not speak of is refused. */
sealed interface Shape {

  /** Takes every problem that a part has, with its path. */
  @FunctionalInterface
  interface Problems {
    void add(String path, String words);
  }

  /** Tells what is wrong with a part. */
  void check(String path, JsonNode node, Problems problems);

  /**
   * An object with fields from a table.
   *
   * @param instead words for fields that are refused and have a better place
   */
  record Fields(Map<String, Shape> known, Map<String, String> instead) implements Shape {
    @Override
    public void check(String path, JsonNode node, Problems problems) {
      if (!node.isObject()) {
        problems.add(path, "is not an object");
        return;
      }
      node.properties()
          .forEach(field -> {
            String name = field.getKey();
            String place = path.isEmpty() ? name : path + "." + name;
            Shape shape = known.get(name);
            if (shape == null) {
              problems.add(place, instead.getOrDefault(name, "is not allowed"));
            } else {
              shape.check(place, field.getValue(), problems);
            }
          });
    }
  }

  /**
   * A list whose entries are told apart by a field.
   *
   * @param key the field that each entry must have, and no two alike; empty for none
   */
  record Entries(Shape each, Optional<String> key) implements Shape {
    @Override
    public void check(String path, JsonNode node, Problems problems) {
      if (!node.isArray()) {
        problems.add(path, "is not a list");
        return;
      }
      Set<String> seen = new HashSet<>();
      for (int i = 0; i < node.size(); i++) {
        String place = path + "[" + i + "]";
        JsonNode entry = node.get(i);
        key.ifPresent(name -> {
          String value = entry.path(name).asText("");
          if (value.isEmpty()) {
            problems.add(place, "has no " + name);
          } else if (!seen.add(value)) {
            problems.add(place, name + " " + value + " is there twice");
          }
        });
        each.check(place, entry, problems);
      }
    }
  }

  /**
   * Text by text.
   *
   * @param rule of a key: why it is refused
   */
  record Texts(Function<String, Optional<String>> rule) implements Shape {
    @Override
    public void check(String path, JsonNode node, Problems problems) {
      if (!node.isObject()) {
        problems.add(path, "is not an object");
        return;
      }
      node.properties()
          .forEach(field -> {
            String place = path + "[" + field.getKey() + "]";
            rule.apply(field.getKey()).ifPresent(words -> problems.add(place, words));
            if (!field.getValue().isTextual()) {
              problems.add(place, "is not text");
            }
          });
    }
  }

  /**
   * A text.
   *
   * @param rule why one is refused
   */
  record Text(Function<String, Optional<String>> rule) implements Shape {
    @Override
    public void check(String path, JsonNode node, Problems problems) {
      if (!node.isTextual()) {
        problems.add(path, "is not text");
      } else {
        rule.apply(node.asText()).ifPresent(words -> problems.add(path, words));
      }
    }
  }

  /** A whole number from zero on. */
  record Count() implements Shape {
    @Override
    public void check(String path, JsonNode node, Problems problems) {
      if (!node.isIntegralNumber() || !node.canConvertToLong() || node.asLong() < 0) {
        problems.add(path, "is not a number from zero on");
      }
    }
  }

  /** An amount: text or number. */
  record Amount() implements Shape {
    @Override
    public void check(String path, JsonNode node, Problems problems) {
      if (!node.isTextual() && !node.isIntegralNumber()) {
        problems.add(path, "is not an amount");
      }
    }
  }

  /** True or false, or only one of them. */
  record Truth(List<Boolean> allowed) implements Shape {
    public Truth {
      allowed = List.copyOf(allowed);
    }

    @Override
    public void check(String path, JsonNode node, Problems problems) {
      if (!node.isBoolean()) {
        problems.add(path, "is neither true nor false");
      } else if (!allowed.contains(node.asBoolean())) {
        problems.add(path, node.asBoolean() + " is not allowed");
      }
    }
  }
}
