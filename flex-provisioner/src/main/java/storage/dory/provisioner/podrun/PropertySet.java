// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.podrun;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import storage.dory.provisioner.catalog.ProvisionerDefinition;
import storage.dory.provisioner.catalog.RequestProperties;

/**
 * The properties that a pod is handed: ours, then the class's own, which never override ours.
 *
 * @param values by name; a literal token is among them
 */
public record PropertySet(Map<String, String> values) {
  /** Name of the property that is never put into the environment. */
  public static final String TOKEN = "service-token";

  /** Name of the property that says what a new volume is filled from, and beginning of others. */
  public static final String SOURCE = "data-source";

  private static final Pattern FILE_NAME = Pattern.compile("[-._a-zA-Z0-9]{1,253}");
  private static final Pattern VARIABLE = Pattern.compile("[A-Z_][A-Z0-9_]*");

  /** Nothing that kubelet would take for a reference to another variable. */
  private static final Pattern PLAIN_VALUE = Pattern.compile("[-._a-zA-Z0-9,:/\\[\\]]{1,1024}");

  /** Bytes; the kernel takes no longer string than 128 KiB in an environment. */
  private static final int LONGEST_VALUE = 100_000;

  public PropertySet {
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
  }

  /** The properties of an order. */
  public static PropertySet of(Order order, String kubeApi) {
    ProvisionerDefinition definition = order.definition();
    Map<String, String> all = new TreeMap<>();
    definition
        .properties()
        .forEach((name, value) -> {
          if (!RequestProperties.reserves(name)) {
            all.put(name, value);
          }
        });
    order
        .asked()
        .forEach((name, value) -> {
          if (!RequestProperties.reserves(name) || name.startsWith(SOURCE)) {
            all.put(name, value);
          }
        });
    all.put("action", order.action().word());
    all.put("pv-name", order.claim().uid().volumeName());
    all.put("pvc-name", order.claim().name());
    all.put("pvc-namespace", order.claim().namespace());
    all.put("pvc-uid", order.claim().uid().value());
    all.put("size", order.wish().size().toString());
    all.put("access-modes", String.join(",", order.wish().accessModes()));
    all.put("volume-mode", order.wish().volumeMode());
    all.put("storage-class", definition.storageClass());
    all.put("reclaim-policy", order.reclaimPolicy());
    all.put("service-account", definition.serviceAccount());
    all.put("kube-api", kubeApi);
    definition.fsType().ifPresent(type -> all.put("fs-type", type));
    definition.dockerPlugin().ifPresent(plugin -> all.put("docker-plugin", plugin));
    definition.serviceToken().ifPresent(token -> all.put(TOKEN, token));
    order
        .filer()
        .ifPresent(filer -> {
          all.put("username", filer.username());
          all.put("groups", filer.groupsText());
        });
    order.whereabouts().selected().ifPresent(node -> all.put("selected-node", node));
    return new PropertySet(all);
  }

  /** Why a class's parameters cannot be handed to a pod; empty when they can. */
  public static Optional<String> problem(Map<String, String> properties) {
    List<String> reserved =
        properties.keySet().stream().filter(RequestProperties::reserves).sorted().toList();
    if (!reserved.isEmpty()) {
      return Optional.of(
          "the class has parameters that only the provisioner sets for each request: "
              + String.join(", ", reserved)
              + "; the class has to be made again without them");
    }
    List<String> bad =
        properties.keySet().stream()
            .filter(name ->
                !FILE_NAME.matcher(name).matches() || name.equals(".") || name.startsWith(".."))
            .sorted()
            .toList();
    return bad.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "the class has parameters whose names cannot be names of files "
                + "(letters, digits, -, _ and .): "
                + String.join(", ", bad));
  }

  /**
   * The value of a property that is open and means the same wherever it is written; empty for all
   * that somebody may want to keep to himself.
   */
  public Optional<String> plain(String name) {
    return RequestProperties.isOpen(name)
        ? Optional.ofNullable(values.get(name))
            .filter(value -> PLAIN_VALUE.matcher(value).matches())
        : Optional.empty();
  }

  /** Variables by name, each with the property that it takes its value from. */
  public Map<String, String> variables() {
    Map<String, Integer> claimants = new HashMap<>();
    values
        .keySet()
        .forEach(name ->
            claimants.merge(
                variable(name), RequestProperties.reserves(name) ? 1 : 2, Integer::sum));
    Map<String, String> variables = new TreeMap<>();
    values.forEach((name, value) -> {
      String variable = variable(name);
      boolean ours = RequestProperties.reserves(name);
      boolean alone = ours || claimants.getOrDefault(variable, 0) == 2;
      boolean fits =
          value.getBytes(StandardCharsets.UTF_8).length <= LONGEST_VALUE && value.indexOf('\0') < 0;
      boolean allowed = !RefusedVariables.contains(variable) && !name.equals(TOKEN);
      if (alone && fits && allowed && VARIABLE.matcher(variable).matches()) {
        variables.put(variable, name);
      }
    });
    return variables;
  }

  /** Shows names only. */
  @Override
  public String toString() {
    return "properties " + values.keySet();
  }

  private static String variable(String name) {
    return name.toUpperCase(Locale.ROOT).replace('-', '_').replace('.', '_');
  }
}
