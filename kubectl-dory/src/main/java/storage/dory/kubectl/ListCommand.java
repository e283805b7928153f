// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import storage.dory.kubectl.cluster.Cluster;
import storage.dory.kubectl.cluster.Seen;
import storage.dory.kubectl.listing.Known;
import storage.dory.kubectl.listing.Listing;
import storage.dory.kubectl.show.Answer;

/** {@code kubectl dory list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description =
        "Claims of our classes, and volumes whose claim has gone; in all namespaces, or -n.")
final class ListCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private final ClusterFlags flags = new ClusterFlags();

  ListCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    return flags.answer(console, this::list);
  }

  private Answer list(Cluster cluster) {
    String namespace = flags.namedNamespace();
    Seen<PersistentVolume> volumes = cluster.ifAllowed(cluster::volumes);
    Seen<Pod> pods = cluster.ifAllowed(cluster::requestPods);
    Seen<Event> events = cluster.ifAllowed(() -> cluster.events(namespace));
    tell(volumes, "volumes without claims are not shown");
    tell(pods, "provisioning pods are not shown");
    tell(events, "reasons are not shown");
    return new Listing(
            new Known(
                namespace,
                cluster.classes(),
                cluster.claims(namespace),
                volumes.items(),
                pods.items(),
                events.items()),
            console.now())
        .answer();
  }

  private void tell(Seen<?> seen, String without) {
    switch (seen) {
      case Seen.All<?> all -> {}
      case Seen.Hidden<?>(var right) -> console.note("not allowed to " + right + ": " + without);
    }
  }
}
