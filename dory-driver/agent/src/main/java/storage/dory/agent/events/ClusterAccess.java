// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.events;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * How the API server is reached from a pod.
 *
 * @param server its URL, without a slash at the end
 * @param token file of the service account's token; replaced by kubelet, so read for each request
 * @param authority file of the certificates to trust; those of the system where there is none
 * @param node where the pod runs, empty when it is not told
 */
public record ClusterAccess(String server, Path token, Path authority, String node) {

  /**
   * As kubelet tells the containers of a pod; empty outside of one, or without a service account.
   *
   * @param environment of this process; {@code NODE_NAME} is ours
   * @param account the service account's directory
   */
  public static Optional<ClusterAccess> of(Map<String, String> environment, Path account) {
    String host = environment.getOrDefault("KUBERNETES_SERVICE_HOST", "");
    String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
    Path token = account.resolve("token");
    if (host.isEmpty() || !Files.isReadable(token)) {
      return Optional.empty();
    }
    String name = host.contains(":") ? "[" + host + "]" : host;
    return Optional.of(
        new ClusterAccess(
            "https://" + name + ":" + port,
            token,
            account.resolve("ca.crt"),
            environment.getOrDefault("NODE_NAME", "")));
  }

  String readToken() throws IOException {
    return new String(Files.readAllBytes(token), StandardCharsets.UTF_8).strip();
  }

  /** The token's own place is told, never the token. */
  @Override
  public String toString() {
    return "ClusterAccess[" + server + ", token in " + token + "]";
  }
}
