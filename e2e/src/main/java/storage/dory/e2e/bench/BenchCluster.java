// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Where claims are filed. Closing ends what was started for it, and nothing else. */
interface BenchCluster extends AutoCloseable {

  /** For people: what it is. */
  String words();

  KubernetesClient client();

  /** The namespace whose ConfigMaps the provisioner trusts, and where its pods run. */
  String trusted();

  /** Whether provisioning pods of an instant run are ended by the cluster, as a stand-in can. */
  boolean endsInstantPods();

  /** Requests so far by the name of the client; empty where that is not known. */
  Map<String, Long> requests() throws IOException;

  /** What the provisioner counts itself; what is not known there is left out. */
  ProvisionerFigures figures() throws IOException;

  /** The most memory that the provisioner has had, for people. */
  String provisionerPeak();

  @Override
  void close();

  /** A client that can have many requests under way. */
  static KubernetesClient client(Path kubeconfig) throws IOException {
    Config config =
        new ConfigBuilder(Config.fromKubeconfig(Files.readString(kubeconfig)))
            .withUserAgent("dory-bench")
            .withRequestTimeout(20_000)
            .withConnectionTimeout(5_000)
            .withMaxConcurrentRequests(256)
            .withMaxConcurrentRequestsPerHost(256)
            .build();
    return new KubernetesClientBuilder().withConfig(config).build();
  }
}
