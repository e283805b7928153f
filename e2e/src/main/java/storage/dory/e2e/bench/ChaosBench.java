// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

  /**
   * Whether nothing was found and nothing was left.
   *
   * @param real whether pods run on a node of the cluster, or are stood for
   */
  boolean run(int count, boolean real, long seed, PrintStream out)
      throws IOException, InterruptedException {
    try (KubernetesClient client = BenchCluster.client(kubeconfig);
        ChaosNode node =
            real
                ? new RealChaosNode(client, objects, progress)
                : new ChaosPods(client, objects, seed + 1)) {
      out.printf(
          "claims chaos: cluster %s; %s; seed %d (--seed %d draws the same again)%n%n",
          client.getMasterUrl(), node.words(), seed, seed);
      ClaimScene scene =
          new ClaimScene(
              client, objects, objects.run(), Optional.of(node.definition()), "none", progress);
      FaultPlan plan = new FaultPlan(seed, PERMILLE);
      boolean good = false;
      try (ChaosProvisioner provisioner =
          ChaosProvisioner.start(checkout, work, kubeconfig, objects.run(), node.kubeApi(), plan)) {
        List<String> left = new ArrayList<>();
        try {
          scene.make();
          node.prepare();
          good =
              new ClaimsChaos(
                      client,
                      objects,
                      provisioner,
                      plan,
                      node,
                      real ? ChaosPace.REAL : ChaosPace.INSTANT,
                      seed + 2,
                      progress)
                  .run(count, out);
        } finally {
          boolean _ = Thread.interrupted(); // cleaning up is done all the same
          progress.part("cleaning up");
          plan.on(false);
          node.wild(false);
          provisioner.ensure();
          left.addAll(scene.removeClaims());
          left.addAll(node.tidy());
          left.addAll(scene.remove());
          left.forEach(what -> out.println("left: " + what));
        }
        return good && left.isEmpty();
      }
    }
  }
}
