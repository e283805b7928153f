// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import storage.dory.e2e.faults.FaultPlan;
import storage.dory.e2e.process.Checkout;

/** Sets up a run of {@link ClaimsChaos} on a given cluster and leaves nothing of it behind. */
final class ChaosBench {
  private static final int PERMILLE = 60;

  private final Checkout checkout;
  private final Path work;
  private final Path kubeconfig;
  private final ClaimObjects objects;
  private final Progress progress;

  ChaosBench(
      Checkout checkout, Path work, Path kubeconfig, ClaimObjects objects, Progress progress) {
    this.checkout = checkout;
    this.work = work;
    this.kubeconfig = kubeconfig;
    this.objects = objects;
    this.progress = progress;
  }

  /** Whether nothing was found and nothing was left. */
  boolean run(int count, long seed, PrintStream out) throws IOException, InterruptedException {
    try (KubernetesClient client = BenchCluster.client(kubeconfig)) {
      out.printf(
          "claims chaos: cluster %s; instant pods; seed %d (--seed %d does the same again)%n%n",
          client.getMasterUrl(), seed, seed);
      ClaimScene scene = new ClaimScene(client, objects, objects.run(), true, "none", progress);
      FaultPlan plan = new FaultPlan(seed, PERMILLE);
      Backend backend = new Backend();
      boolean good = false;
      try (ChaosPods pods = new ChaosPods(client, objects.run(), backend, seed + 1);
          ChaosProvisioner provisioner =
              ChaosProvisioner.start(
                  checkout,
                  work,
                  kubeconfig,
                  objects.run(),
                  client.getMasterUrl().toString(),
                  plan)) {
        List<String> left = List.of();
        try {
          scene.make();
          good =
              new ClaimsChaos(client, objects, provisioner, plan, backend, pods, seed + 2, progress)
                  .run(count, out);
        } finally {
          boolean _ = Thread.interrupted(); // cleaning up is done all the same
          progress.part("cleaning up");
          plan.on(false);
          pods.wild(false);
          provisioner.ensure();
          left = scene.remove();
          left.forEach(what -> out.println("left: " + what));
        }
        return good && left.isEmpty();
      }
    }
  }
}
