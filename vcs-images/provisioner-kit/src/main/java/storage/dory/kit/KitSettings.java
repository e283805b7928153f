// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where the kit finds things; the places of a provisioning pod unless the environment names others.
 *
 * @param token the file of the token
 * @param node where this runs, when that is known
 * @param api where the API is when no property says so
 */
record KitSettings(
    Path properties,
    Path token,
    Path authority,
    Path terminationLog,
    Path pluginSockets,
    Optional<String> node,
    Optional<String> api) {

  static KitSettings of(Map<String, String> environment) {
    Path properties = path(environment, "DORY_PROPERTIES", "/etc/provisioner/properties");
    return new KitSettings(
        properties,
        path(environment, "SERVICE_TOKEN_FILE", properties.resolve("service-token").toString()),
        path(environment, "DORY_CA_FILE", "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt"),
        path(environment, "DORY_TERMINATION_LOG", "/dev/termination-log"),
        path(environment, "DORY_PLUGIN_SOCKETS", "/run/docker/plugins"),
        word(environment, "NODE_NAME"),
        word(environment, "KUBERNETES_SERVICE_HOST").map(host -> api(host, environment)));
  }

  private static String api(String host, Map<String, String> environment) {
    String shown = host.contains(":") ? "[" + host + "]" : host;
    return "https://" + shown + ":" + word(environment, "KUBERNETES_SERVICE_PORT").orElse("443");
  }

  private static Path path(Map<String, String> environment, String name, String otherwise) {
    return Path.of(word(environment, name).orElse(otherwise));
  }

  private static Optional<String> word(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name))
        .map(String::strip)
        .filter(value -> !value.isEmpty());
  }
}
