// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.embedded;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A cluster in this process: API server, binder and kubelet, all stand-ins. Closing ends what it
 * runs; what is mounted for pods that were not deleted stays mounted.
 */
public final class EmbeddedCluster implements AutoCloseable {
  /** Name of the only node. */
  public static final String NODE = "embedded";

  private final Path directory;
  private final ApiServer server;
  private final KubernetesClient client;
  private final Sight sight;
  private final Binder binder;
  private final Kubelet kubelet;

  /**
   * Starts it.
   *
   * @param directory holds {@code kubeconfig}, {@code kubelet/} and {@code logs/}; short, since
   *     pods' directories are below it
   * @param images local command of each image, see {@link Images}
   * @param instant images of provisioning pods that are to cost nothing
   * @param drivers FlexVolume plugin directory
   */
  public EmbeddedCluster(
      Path directory, Map<String, List<String>> images, Set<String> instant, Path drivers)
      throws IOException {
    this.directory = directory;
    KubeletPaths paths =
        new KubeletPaths(
            Files.createDirectories(directory.resolve("kubelet")),
            Files.createDirectories(directory.resolve("logs")),
            drivers);
    server = new ApiServer((namespace, pod) -> text(paths.log(namespace, pod)));
    client = server.client();
    sight = new Sight(client);
    binder = new Binder(client, sight, NODE);
    InstantSource clock = InstantSource.system();
    kubelet =
        new Kubelet(
            new PodLife.Parts(
                sight,
                new PodVolumes(paths, sight, client, new FlexVolumes(paths)),
                new PodReports(client, NODE, clock),
                new Images(images, instant),
                new InstantProvisioner(client),
                paths,
                NODE,
                clock));
    client
        .resource(
            new NodeBuilder()
                .withNewMetadata()
                .withName(NODE)
                .addToLabels("kubernetes.io/hostname", NODE)
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .build())
        .create();
    for (String namespace : List.of("default", "dory-system")) {
      client
          .resource(
              new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
          .create();
    }
    server.writeKubeconfig(kubeconfig());
  }

  /** For kubectl and the programs of the project. */
  public Path kubeconfig() {
    return directory.resolve("kubeconfig");
  }

  /** The API server, for its counts and its address. */
  public ApiServer server() {
    return server;
  }

  @Override
  public void close() {
    kubelet.close();
    binder.close();
    sight.close();
    client.close();
    server.close();
  }

  private static String text(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
    } catch (IOException e) {
      return "";
    }
  }
}
