// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.cluster;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.testcontainers.DockerClientFactory;

/**
 * Which cluster this run has.
 *
 * @param environment the process's environment: {@code E2E_KUBECONFIG}, {@code E2E_K3S_IMAGE},
 *     {@code E2E_IMAGES}
 * @param root of this repository
 */
record ClusterChoice(Map<String, String> environment, Path root) {
  private static final String K3S = "rancher/k3s:v1.34.1-k3s1";

  ClusterChoice {
    environment = Map.copyOf(environment);
  }

  /** The cluster, started; empty when this machine has none. */
  Optional<Cluster> start() {
    String kubeconfig = environment.getOrDefault("E2E_KUBECONFIG", "");
    if (!kubeconfig.isEmpty()) {
      return Optional.of(new GivenCluster(Path.of(kubeconfig), root));
    }
    if (!DockerClientFactory.instance().isDockerAvailable()) {
      return Optional.empty();
    }
    return Optional.of(
        new K3sCluster(environment.getOrDefault("E2E_K3S_IMAGE", K3S), archives(), root));
  }

  private Path archives() {
    String given = environment.getOrDefault("E2E_IMAGES", "");
    Path folder = given.isEmpty() ? root.resolve("e2e/target/images") : Path.of(given);
    if (given.isEmpty() || !holdsArchives(folder)) {
      new Command(
              List.of(root.resolve("vcs-images/build").toString(), "--archive", folder.toString()))
          .run();
    }
    return folder;
  }

  private static boolean holdsArchives(Path folder) {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.tar")) {
      return files.iterator().hasNext();
    } catch (IOException e) {
      return false;
    }
  }
}
