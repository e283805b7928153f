// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.catalog;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Reads a provisioner ConfigMap. Tells everything that is wrong with it at once. */
public final class DefinitionParser {
  private static final String BINARY =
      "stands in binaryData, which no pod is handed: properties are text. Put text into data, and a"
          + " file of bytes into a Secret or another ConfigMap that provisioner.pod-template mounts";

  private static final Set<String> OUR_PLUGIN_NAMES =
      Set.of("dory.storage/flex-provisioner", "kubernetes.io/flex-provisioner");
  private static final Set<String> TABLE =
      DefinitionKeys.all().stream()
          .map(DefinitionKey::name)
          .collect(Collectors.toUnmodifiableSet());

  private final Set<String> privileged;

  /** Trusts no namespace with privileges. */
  public DefinitionParser() {
    this(Set.of());
  }

  /**
   * @param privileged namespaces whose pod templates may ask for what reaches beyond a pod
   */
  public DefinitionParser(Set<String> privileged) {
    this.privileged = Set.copyOf(privileged);
  }

  /** Reads without side effects; the same text always gives the same answer. */
  public Parsed parse(RawDefinition raw) {
    String plugin =
        raw.data()
            .getOrDefault(
                DefinitionKeys.PLUGIN_NAME.name(), DefinitionKeys.PLUGIN_NAME.text().orElse(""))
            .strip();
    if (!OUR_PLUGIN_NAMES.contains(plugin)) {
      return new Parsed.NotOurs(plugin);
    }
    Reading reading = new Reading(raw.data());
    checkClass(raw, reading);
    raw.binary().forEach(name -> reading.problem(name, BINARY));
    Map<String, String> properties = properties(raw, reading);
    for (DefinitionKey<?> key : DefinitionKeys.all()) {
      reading.read(key);
    }
    checkTemplate(raw, reading);
    PropertySize.problem(properties).ifPresent(words -> reading.problem("properties", words));
    reading.need(DefinitionKeys.IMAGE);
    reading.need(DefinitionKeys.SERVICE_ACCOUNT);
    reading.needs(DefinitionKeys.VCS_IMAGE, DefinitionKeys.DOCKER_PLUGIN);
    reading.needs(DefinitionKeys.VCS_SECRET, DefinitionKeys.VCS_IMAGE);
    reading.needs(DefinitionKeys.VCS_LIVENESS, DefinitionKeys.VCS_IMAGE);
    if (!reading.problems.isEmpty()) {
      reading.problems.sort(Comparator.comparing(DefinitionProblem::key));
      return new Parsed.Bad(reading.problems);
    }
    return new Parsed.Good(definition(raw, reading, properties));
  }

  private void checkTemplate(RawDefinition raw, Reading reading) {
    reading
        .find(DefinitionKeys.POD_TEMPLATE)
        .ifPresent(text ->
            new PodTemplateRules(privileged.contains(raw.source().namespace()))
                .problems(text)
                .forEach(problem ->
                    reading.problem(
                        DefinitionKeys.POD_TEMPLATE.name() + " " + problem.key(),
                        problem.words())));
  }

  private static void checkClass(RawDefinition raw, Reading reading) {
    try {
      ValueReaders.objectName(raw.storageClass());
    } catch (IllegalArgumentException e) {
      reading.problem("label storage-class", String.valueOf(e.getMessage()));
    }
  }

  private static Map<String, String> properties(RawDefinition raw, Reading reading) {
    Map<String, String> properties = new TreeMap<>();
    raw.data()
        .forEach((name, value) -> {
          if (TABLE.contains(name)) {
            return;
          }
          if (name.startsWith(DefinitionKeys.PREFIX)) {
            reading.problem(name, "there is no such key" + nearest(name));
          } else if (RequestProperties.reserves(name)) {
            reading.problem(name, "is set by the provisioner for each request");
          } else {
            properties.put(name, value);
          }
        });
    return properties;
  }

  private static String nearest(String name) {
    return TABLE.stream()
        .filter(known -> distance(known, name) <= 2)
        .min(Comparator.comparingInt(known -> distance(known, name)))
        .map(known -> "; did you mean " + known + "?")
        .orElse("");
  }

  private static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(change, 1 + Math.min(previous[j], row[j - 1]));
      }
      previous = row;
    }
    return previous[b.length()];
  }

  private static ProvisionerDefinition definition(
      RawDefinition raw, Reading reading, Map<String, String> properties) {
    return new ProvisionerDefinition(
        raw.source(),
        raw.storageClass(),
        reading.value(DefinitionKeys.IMAGE),
        reading.value(DefinitionKeys.SERVICE_ACCOUNT),
        reading.find(DefinitionKeys.SERVICE_TOKEN),
        new Placing(
            reading.value(DefinitionKeys.NODE_SELECTOR), reading.value(DefinitionKeys.TOLERATIONS)),
        reading.value(DefinitionKeys.TIMEOUT),
        reading.value(DefinitionKeys.ATTEMPTS),
        reading.value(DefinitionKeys.MAX_PODS),
        reading.value(DefinitionKeys.RECLAIM_POLICY),
        reading.value(DefinitionKeys.BINDING_MODE),
        reading.value(DefinitionKeys.ALLOW_EXPANSION),
        reading.value(DefinitionKeys.PULL_SECRETS),
        reading.value(DefinitionKeys.RESOURCES),
        reading.find(DefinitionKeys.DOCKER_PLUGIN),
        reading
            .find(DefinitionKeys.VCS_IMAGE)
            .map(image ->
                new VolumeClientImage(
                    image,
                    reading.find(DefinitionKeys.VCS_SECRET),
                    reading.find(DefinitionKeys.VCS_LIVENESS))),
        reading.find(DefinitionKeys.FS_TYPE),
        new ClaimTerms(
            Set.copyOf(reading.value(DefinitionKeys.DATA_SOURCES)),
            reading.value(DefinitionKeys.CLAIM_PROPERTIES),
            reading.value(DefinitionKeys.NODE_EXPANSION)),
        reading.find(DefinitionKeys.POD_TEMPLATE),
        reading.value(DefinitionKeys.ALLOWED_TOPOLOGIES),
        properties);
  }

  /** The values of one ConfigMap while they are read, and what was wrong with them. */
  private static final class Reading {
    private final Map<String, String> data;
    private final Map<DefinitionKey<?>, Object> values = new HashMap<>();
    private final List<DefinitionProblem> problems = new ArrayList<>();

    private Reading(Map<String, String> data) {
      this.data = data;
    }

    private void read(DefinitionKey<?> key) {
      String text = data.getOrDefault(key.name(), key.text().orElse(null));
      if (text == null) {
        return;
      }
      try {
        values.put(key, key.reader().apply(text));
      } catch (IllegalArgumentException e) {
        problem(key.name(), String.valueOf(e.getMessage()));
      }
    }

    private void need(DefinitionKey<?> key) {
      if (!data.containsKey(key.name())) {
        problem(key.name(), "is missing");
      }
    }

    private void needs(DefinitionKey<?> key, DefinitionKey<?> other) {
      if (data.containsKey(key.name()) && !data.containsKey(other.name())) {
        problem(key.name(), "needs " + other.name());
      }
    }

    private void problem(String key, String words) {
      problems.add(new DefinitionProblem(key, words));
    }

    @SuppressWarnings("unchecked") // put by read() with the key's own reader
    private <T> Optional<T> find(DefinitionKey<T> key) {
      return Optional.ofNullable((T) values.get(key));
    }

    private <T> T value(DefinitionKey<T> key) {
      return find(key).orElseThrow(() -> new IllegalStateException(key.name() + " was not read"));
    }
  }
}
