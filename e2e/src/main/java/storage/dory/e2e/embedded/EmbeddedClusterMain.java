// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.embedded;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The embedded cluster as a program. */
@Command(
    name = "embedded-cluster",
    mixinStandardHelpOptions = true,
    description = "A stand-in of a Kubernetes cluster for demo and fast tests. Not Kubernetes.")
public final class EmbeddedClusterMain implements Callable<Integer> {
  private static final int WRONG_FLAGS = 64;

  @Option(names = "--dir", required = true, description = "for kubeconfig, pods and logs")
  private Path directory = Path.of("");

  @Option(names = "--images", description = "JSON file: image to local command, a list of words")
  private Path images = Path.of("");

  @Option(names = "--instant", description = "image of provisioning pods that are to cost nothing")
  private List<String> instant = List.of();

  @Option(
      names = "--driver-dir",
      description = "FlexVolume drivers, default ${DEFAULT-VALUE}",
      defaultValue = "/usr/libexec/kubernetes/kubelet-plugins/volume/exec")
  private Path drivers = Path.of("");

  public static void main(String[] arguments) {
    CommandLine line = new CommandLine(new EmbeddedClusterMain());
    line.setParameterExceptionHandler((problem, _) -> {
      PrintWriter err = line.getErr();
      err.println(problem.getMessage());
      return WRONG_FLAGS;
    });
    System.exit(line.execute(arguments));
  }

  /** Serves until the process is told to end. */
  @Override
  public Integer call() throws IOException, InterruptedException {
    Files.createDirectories(directory);
    CountDownLatch told = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> await(told, done), "end"));
    try (EmbeddedCluster cluster =
        new EmbeddedCluster(
            directory.toAbsolutePath(),
            images.toString().isEmpty() ? Map.of() : Images.read(images),
            Set.copyOf(instant),
            drivers.toAbsolutePath())) {
      System.out.println(
          "ready kubeconfig="
              + cluster.kubeconfig()
              + " url="
              + cluster.server().url()
              + " note=\"a stand-in for tests and demo, not Kubernetes\"");
      told.await();
    } finally {
      done.countDown();
    }
    return 0;
  }

  private static void await(CountDownLatch told, CountDownLatch done) {
    told.countDown();
    try {
      if (!done.await(10, java.util.concurrent.TimeUnit.SECONDS)) {
        System.err.println("the embedded cluster did not end in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    // the contract is exit code 0 on SIGTERM; a signal's own code would be 143
    Runtime.getRuntime().halt(0);
  }
}
