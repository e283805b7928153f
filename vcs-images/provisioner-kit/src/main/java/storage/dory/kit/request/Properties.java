// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit.request;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The properties of a request as written, tokens left out. */
public record Properties(Map<String, String> values) {
  public Properties {
    values = Map.copyOf(values);
  }

  /** A property without the white space around it; empty when it is missing or blank. */
  public Optional<String> word(String name) {
    return Optional.ofNullable(values.get(name)).map(String::strip).filter(v -> !v.isEmpty());
  }

  /** Names only: values may be secrets. */
  @Override
  public String toString() {
    return "Properties" + new TreeMap<>(values).keySet();
  }
}
