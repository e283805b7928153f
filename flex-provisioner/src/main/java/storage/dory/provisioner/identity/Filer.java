// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.identity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Who filed a claim, as the API server saw it.
 *
 * @param groups in the order of the API server
 */
public record Filer(String username, List<String> groups) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  public Filer {
    groups = List.copyOf(groups);
  }

  /** The groups as a JSON list: a name may hold any character, a comma too. */
  public String groupsText() {
    try {
      return JSON.writeValueAsString(groups);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a list of text can be written as JSON", e);
    }
  }

  /** From a name and a JSON list; empty when there is no name or the text is no list of names. */
  public static Optional<Filer> read(String username, String groupsText) {
    if (username.isEmpty()) {
      return Optional.empty();
    }
    try {
      List<String> groups = JSON.readValue(groupsText, new TypeReference<List<String>>() {});
      return groups == null || groups.stream().anyMatch(Objects::isNull)
          ? Optional.empty()
          : Optional.of(new Filer(username, groups));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }
}
