// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import storage.dory.e2e.process.Checkout;

/** {@code bench claims}. */
@Command(
    name = "claims",
    description = {
      "Claims until they are Bound, beside as many bare pods until they have Succeeded. Without",
      "--kubeconfig on the embedded server, which is a stand-in."
    })
final class ClaimsCommand implements Bench {
  /** Who ends the pods. */
  enum Pods {
    real,
    instant
  }

  @Option(names = "--kubeconfig", paramLabel = "FILE", description = "measure on this cluster")
  private @Nullable Path kubeconfig;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "claims, and bare pods up to 1000 (20)")
  private int count = 20;

  @Option(
      names = "--pods",
      paramLabel = "real|instant",
      description = {
        "real: the class \"local\" and its pods as they are (default). instant: a class of its own",
        "whose pods no node takes; the bench makes the volume and marks the pod Succeeded at once"
      })
  private Pods pods = Pods.real;

  @Option(
      names = "--class",
      paramLabel = "NAME",
      description = "with real pods: the class whose claims are filed (local)")
  private String storageClass = "local";

  @Option(
      names = "--against",
      paramLabel = "NAME",
      description = {
        "with real pods: a class of another provisioner, whose claims are filed in the same way",
        "afterwards; then one claim of each at a time, and a bare pod, in turn"
      })
  private @Nullable String against;

  @Option(
      names = "--chaos",
      paramLabel = "N",
      description = {
        "N claims that come and go while provisioner and pods are killed and the API server is",
        "unreliable; prints what leaked, was orphaned, got stuck or was doubled. Needs"
            + " --kubeconfig and",
        "kubectl; with real pods it has a plugin of its own on a node"
      })
  private int chaos;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "of the chaos; default: another each time")
  private @Nullable Long seed;

  @Override
  public Optional<String> wrongUse() {
    if (chaos < 0 || chaos > 100_000) {
      return Optional.of("--chaos " + chaos + ": give 1 to 100000");
    }
    if (chaos > 0 && kubeconfig == null) {
      return Optional.of("--chaos needs --kubeconfig FILE");
    }
    if (against != null && (kubeconfig == null || pods != Pods.real || chaos > 0)) {
      return Optional.of("--against needs --kubeconfig FILE and real pods");
    }
    if (count < 1 || count > 100_000) {
      return Optional.of("--count " + count + ": give 1 to 100000");
    }
    return kubeconfig != null && !Files.isReadable(kubeconfig)
        ? Optional.of("--kubeconfig " + kubeconfig + ": the file cannot be read")
        : Optional.empty();
  }

  @Override
  public boolean run(Path work, PrintStream out, Progress progress)
      throws IOException, InterruptedException {
    Checkout checkout = Checkout.current();
    boolean instant = pods == Pods.instant;
    ClaimObjects objects = new ClaimObjects(String.valueOf(work.getFileName()));
    if (chaos > 0 && kubeconfig != null) {
      long drawn = seed == null ? new Random().nextInt(1_000_000) : seed;
      return new ChaosBench(checkout, work, kubeconfig, objects, progress)
          .run(chaos, !instant, drawn, out);
    }
    try (BenchCluster cluster =
        kubeconfig == null
            ? EmbeddedBenchCluster.start(checkout, work, instant, progress)
            : GivenBenchCluster.open(checkout, work, kubeconfig, objects.run())) {
      return new ClaimsBench(
              cluster,
              instant,
              storageClass,
              Optional.ofNullable(against),
              count,
              objects,
              progress)
          .run(out);
    }
  }
}
