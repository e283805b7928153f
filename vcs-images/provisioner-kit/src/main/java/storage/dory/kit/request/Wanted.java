// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit.request;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Takes typed values out of properties and keeps the list of what was wrong. After a problem a
 * harmless value is answered, which nobody sees since the problems end the request.
 */
final class Wanted {
  private static final Set<String> ACCESS_MODES =
      Set.of("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany");
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,19}");
  private static final Pattern BETWEEN_WORDS = Pattern.compile("[,\\s]+");

  private final Properties properties;
  private final List<String> problems = new ArrayList<>();

  Wanted(Properties properties) {
    this.properties = properties;
  }

  List<String> problems() {
    return List.copyOf(problems);
  }

  void refuse(String name, String why) {
    problems.add("property " + name + ": " + why);
  }

  String required(String name) {
    Optional<String> value = properties.word(name);
    if (value.isEmpty()) {
      refuse(name, "is missing");
    }
    return value.orElse("");
  }

  String matching(String name, String pattern) {
    String value = required(name);
    if (!value.isEmpty() && !value.matches(pattern)) {
      refuse(name, "is not of the form " + pattern);
      return "";
    }
    return value;
  }

  Optional<String> oneOf(String name, Set<String> words) {
    String value = required(name);
    if (!value.isEmpty() && !words.contains(value)) {
      refuse(name, "is none of " + new TreeSet<>(words));
    }
    return Optional.of(value).filter(words::contains);
  }

  String oneOf(String name, Set<String> words, String otherwise) {
    return properties.word(name).isEmpty() ? otherwise : oneOf(name, words).orElse(otherwise);
  }

  long positive(String name) {
    String value = required(name);
    if (value.isEmpty()) {
      return 1;
    }
    try {
      long number = NUMBER.matcher(value).matches() ? Long.parseLong(value) : 0;
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // more than a long holds: refused below like every other non-number
    }
    refuse(name, "is not a whole number from 1 to " + Long.MAX_VALUE);
    return 1;
  }

  List<String> accessModes(String name) {
    String value = required(name);
    List<String> modes =
        value.isEmpty() ? List.of() : BETWEEN_WORDS.splitAsStream(value).distinct().toList();
    modes.stream()
        .filter(mode -> !ACCESS_MODES.contains(mode))
        .forEach(
            mode -> refuse(name, "a FlexVolume has only the modes " + new TreeSet<>(ACCESS_MODES)));
    return modes;
  }
}
