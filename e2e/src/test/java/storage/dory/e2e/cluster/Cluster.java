// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.cluster;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A cluster with a kubelet that has our images. One serves a whole run; tests leave nothing on it.
 */
sealed interface Cluster extends AutoCloseable permits GivenCluster, K3sCluster {

  /** Client with the rights of an administrator. */
  KubernetesClient client();

  /**
   * {@code kubectl apply -k}, as a user would type it.
   *
   * @param folder relative to the root of this repository
   * @throws IllegalStateException with what kubectl said when it did not succeed
   */
  void apply(String folder);

  /** {@code kubectl delete -k}, waiting until the objects are gone. */
  void delete(String folder);

  /**
   * A file by which programs reach it with the same rights.
   *
   * @param directory where one may be written
   */
  Path kubeconfig(Path directory) throws IOException;

  /** What it is, for the log of the run. */
  String describe();

  @Override
  void close();
}
