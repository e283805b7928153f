// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import storage.dory.provisioner.catalog.ConfigMapKey;
import storage.dory.provisioner.catalog.DefinitionProblem;
import storage.dory.provisioner.catalog.RawDefinition;

/**
 * The objects of a file of YAML or JSON documents, as far as a check needs them.
 *
 * @param candidates its ConfigMaps that have one of our labels
 * @param objects all objects as {@code Kind/namespace/name}
 */
public record Manifests(List<Candidate> candidates, Set<String> objects) {
  public Manifests {
    candidates = List.copyOf(candidates);
    objects = Set.copyOf(objects);
  }

  /**
   * Reads them.
   *
   * @param namespace of objects that name none
   * @throws IllegalArgumentException saying what is wrong, with the line where there is one
   */
  public static Manifests read(String text, String namespace) {
    List<Candidate> candidates = new ArrayList<>();
    Set<String> objects = new HashSet<>();
    try (MappingIterator<JsonNode> documents =
        new YAMLMapper().readerFor(JsonNode.class).readValues(text)) {
      while (documents.hasNextValue()) {
        take(documents.nextValue(), namespace, candidates, objects);
      }
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "cannot be read as YAML: " + String.valueOf(e.getMessage()).replaceAll("\\s+", " "), e);
    }
    return new Manifests(candidates, objects);
  }

  private static void take(
      JsonNode object, String namespace, List<Candidate> candidates, Set<String> objects) {
    String kind = object.path("kind").asText("");
    if (kind.equals("List")) {
      object.path("items").forEach(item -> take(item, namespace, candidates, objects));
      return;
    }
    String name = object.at("/metadata/name").asText("");
    String place = object.at("/metadata/namespace").asText(namespace);
    if (kind.isEmpty() || name.isEmpty()) {
      return;
    }
    objects.add(kind + "/" + place + "/" + name);
    JsonNode labels = object.at("/metadata/labels");
    if (kind.equals("ConfigMap") && (labels.has("type") || labels.has("storage-class"))) {
      candidates.add(candidate(new ConfigMapKey(place, name), labels, object));
    }
  }

  private static Candidate candidate(ConfigMapKey key, JsonNode labels, JsonNode configMap) {
    Map<String, String> values = new TreeMap<>();
    List<DefinitionProblem> faults = new ArrayList<>();
    configMap
        .path("data")
        .properties()
        .forEach(entry -> {
          JsonNode value = entry.getValue();
          if (value.isTextual()) {
            values.put(entry.getKey(), value.asText());
          } else if (value.isContainerNode()) {
            faults.add(
                new DefinitionProblem(
                    entry.getKey(), "is not text: write the value after | on lines of its own"));
          } else {
            faults.add(
                new DefinitionProblem(
                    entry.getKey(), "is not text: put it in quotes, \"" + value.asText() + "\""));
            values.put(entry.getKey(), value.asText());
          }
        });
    return new Candidate(
        new RawDefinition(
            key,
            labels.path("storage-class").asText(""),
            values,
            configMap.path("binaryData").properties().stream()
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet())),
        Optional.ofNullable(labels.path("type").textValue()),
        faults);
  }
}
