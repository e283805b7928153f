// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.cluster;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/**
 * k3s in a container, with our images imported into it and our manifests copied in, so that its own
 * kubectl applies them.
 */
final class K3sCluster implements Cluster {
  private static final Duration START = Duration.ofMinutes(4);
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final String MANIFESTS = "/dory";

  private final K3sContainer container;
  private final KubernetesClient client;

  /**
   * @param image an image of k3s, or one that answers to its command line
   * @param archives folder with an archive for each of our images
   */
  K3sCluster(String image, Path archives, Path root) {
    container =
        new K3sContainer(DockerImageName.parse(image).asCompatibleSubstituteFor("rancher/k3s"));
    container.withStartupTimeout(START);
    container.withCopyFileToContainer(
        MountableFile.forHostPath(root.resolve("configmaps")), MANIFESTS + "/configmaps");
    container.start();
    load(archives);
    client =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(container.getKubeConfigYaml()))
            .build();
  }

  @Override
  public KubernetesClient client() {
    return client;
  }

  @Override
  public void apply(String folder) {
    exec("kubectl", "apply", "-k", MANIFESTS + "/" + folder);
  }

  @Override
  public void delete(String folder) {
    exec(
        "kubectl", "delete", "--ignore-not-found", "--timeout=60s", "-k", MANIFESTS + "/" + folder);
  }

  @Override
  public Path kubeconfig(Path directory) throws IOException {
    Path file = Files.createFile(directory.resolve("kubeconfig"), OWNER_ONLY);
    return Files.writeString(file, container.getKubeConfigYaml());
  }

  @Override
  public String describe() {
    return "k3s by Testcontainers, image " + container.getDockerImageName();
  }

  @Override
  public void close() {
    client.close();
    container.stop();
  }

  private void load(Path archives) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(archives, "*.tar")) {
      for (Path file : files) {
        String inside = "/tmp/" + file.getFileName();
        container.copyFileToContainer(MountableFile.forHostPath(file), inside);
        exec("ctr", "-n", "k8s.io", "images", "import", inside);
        exec("rm", inside);
      }
    } catch (IOException e) {
      throw new IllegalStateException("images of " + archives + " could not be read", e);
    }
  }

  private void exec(String... command) {
    try {
      ExecResult result = container.execInContainer(command);
      if (result.getExitCode() != 0) {
        throw new IllegalStateException(
            String.join(" ", command) + ": " + result.getStdout() + result.getStderr());
      }
    } catch (IOException e) {
      throw new IllegalStateException(List.of(command) + " in the container: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
