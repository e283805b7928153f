// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import storage.dory.kubectl.cluster.Cluster;
import storage.dory.kubectl.show.Answer;
import storage.dory.kubectl.show.Format;

/** Flags of every command: which cluster, which namespace, which form. */
final class ClusterFlags {
  private static final int REQUEST_MILLIS = 30_000;
  private static final int CONNECT_MILLIS = 5_000;

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description = "how to reach the API server; default: as kubectl does")
  private @Nullable Path kubeconfig;

  @Option(names = "--context", paramLabel = "NAME", description = "context of the kubeconfig")
  private @Nullable String context;

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAME",
      description = "namespace; default: the context's")
  private @Nullable String namespace;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "table|json|yaml",
      description = "form of the answer (table)")
  private Format format = Format.TABLE;

  /** Whether a namespace was named. */
  boolean namesNamespace() {
    return namespace != null;
  }

  /** The one that was named; empty: none. */
  String namedNamespace() {
    return namespace == null ? "" : namespace;
  }

  /** The one that was named, else the context's. */
  String namespace() {
    String own = namespace == null ? config().getNamespace() : namespace;
    return own == null || own.isEmpty() ? "default" : own;
  }

  /** Runs something with the cluster, prints its answer, and answers the exit code. */
  int answer(Console console, Function<Cluster, Answer> command) {
    try (KubernetesClient client = new KubernetesClientBuilder().withConfig(config()).build()) {
      return print(console, command.apply(new Cluster(client)));
    }
  }

  /** Prints an answer and answers the exit code. */
  int print(Console console, Answer answer) {
    console.out().println(format.write(answer));
    return answer.found() ? ExitCode.FOUND : ExitCode.GOOD;
  }

  private Config config() {
    return new ConfigBuilder(base())
        .withRequestTimeout(REQUEST_MILLIS)
        .withConnectionTimeout(CONNECT_MILLIS)
        .withRequestRetryBackoffLimit(1)
        .withUserAgent("kubectl-dory")
        .build();
  }

  private Config base() {
    if (kubeconfig == null) {
      return Config.autoConfigure(context);
    }
    if (context != null) {
      throw new WrongUse(
          "--context goes with the kubeconfig of the environment: set KUBECONFIG="
              + kubeconfig
              + " and leave out --kubeconfig");
    }
    if (!Files.isReadable(kubeconfig)) {
      throw new WrongUse("--kubeconfig " + kubeconfig + ": the file cannot be read");
    }
    try {
      return Config.fromKubeconfig(kubeconfig.toFile());
    } catch (RuntimeException e) {
      throw new WrongUse("--kubeconfig " + kubeconfig + ": the file is no kubeconfig");
    }
  }
}
