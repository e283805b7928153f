// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.embedded;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Container;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Which local command stands for an image. An empty command is an image without an entry point, for
 * containers that bring their own.
 *
 * @param instant images whose pods are no process but an {@link InstantProvisioner}
 */
record Images(Map<String, List<String>> commands, Set<String> instant) {
  Images {
    commands = Map.copyOf(commands);
    instant = Set.copyOf(instant);
  }

  /** Reads a JSON object of image to list of words. */
  static Map<String, List<String>> read(Path file) throws IOException {
    return new ObjectMapper()
        .readValue(Files.readAllBytes(file), new TypeReference<Map<String, List<String>>>() {});
  }

  /** What to run for a container, empty when its image is unknown. */
  Optional<List<String>> command(Container container) {
    return Optional.ofNullable(commands.get(container.getImage()))
        .map(own -> {
          List<String> words =
              new ArrayList<>(
                  container.getCommand() == null || container.getCommand().isEmpty()
                      ? own
                      : container.getCommand());
          words.addAll(Objects.requireNonNullElse(container.getArgs(), List.of()));
          return words;
        })
        .filter(words -> !words.isEmpty());
  }
}
