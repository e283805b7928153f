// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.cluster;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The cluster of {@code E2E_KUBECONFIG}; our images are on its nodes already. */
final class GivenCluster implements Cluster {
  private final Path kubeconfig;
  private final Path root;
  private final KubernetesClient client;

  GivenCluster(Path kubeconfig, Path root) {
    this.kubeconfig = kubeconfig;
    this.root = root;
    this.client =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
            .build();
  }

  @Override
  public KubernetesClient client() {
    return client;
  }

  @Override
  public void apply(String folder) {
    kubectl("apply", "-k", root.resolve(folder).toString());
  }

  @Override
  public void delete(String folder) {
    kubectl("delete", "--ignore-not-found", "--timeout=60s", "-k", root.resolve(folder).toString());
  }

  @Override
  public Path kubeconfig(Path directory) {
    return kubeconfig;
  }

  @Override
  public String describe() {
    return "the cluster of E2E_KUBECONFIG at " + client.getMasterUrl();
  }

  @Override
  public void close() {
    client.close();
  }

  private void kubectl(String... arguments) {
    List<String> command = new ArrayList<>(List.of("kubectl", "--kubeconfig=" + kubeconfig));
    command.addAll(List.of(arguments));
    new Command(command).run();
  }
}
