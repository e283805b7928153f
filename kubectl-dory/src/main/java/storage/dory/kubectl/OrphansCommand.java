// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl;

import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import storage.dory.kubectl.cluster.Cluster;
import storage.dory.kubectl.cluster.NoAnswer;
import storage.dory.kubectl.orphans.Orphan;
import storage.dory.kubectl.show.Answer;

/** {@code kubectl dory orphans}. */
@Command(
    name = "orphans",
    mixinStandardHelpOptions = true,
    description = {
      "Volumes of the plugins that no PersistentVolume names, PersistentVolumes whose volume has",
      "gone, and provisioning pods and Secrets that are left over. Asks each plugin by a short-lived",
      "pod of the class's image."
    })
final class OrphansCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private final ClusterFlags flags = new ClusterFlags();

  @Option(
      names = "--plugin-sockets",
      paramLabel = "DIR",
      description = "directory on nodes where volume plugins listen (/run/docker/plugins)")
  private String sockets = "/run/docker/plugins";

  @Option(
      names = "--adopt",
      paramLabel = "NAME",
      description = "make a PersistentVolume, kept for good, for this volume; needs --size")
  private @Nullable String adopt;

  @Option(names = "--size", paramLabel = "SIZE", description = "of the volume, such as 10Gi")
  private @Nullable String size;

  @Option(
      names = "--delete",
      paramLabel = "NAME",
      description =
          "remove this orphan: a volume with its data, a PersistentVolume, pod/NAME, secret/NAME")
  private @Nullable String delete;

  @Option(names = "--yes", description = "do not ask")
  private boolean yes;

  OrphansCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (adopt != null && delete != null) {
      throw new WrongUse("give --adopt or --delete, not both");
    }
    if ((adopt == null) != (size == null)) {
      throw new WrongUse("--adopt and --size go together");
    }
    Quantity quantity = size == null ? new Quantity("0") : quantity(size);
    return flags.answer(console, cluster -> orphans(cluster, quantity));
  }

  private Answer orphans(Cluster cluster, Quantity quantity) {
    OrphanSearch search = new OrphanSearch(cluster, console, flags.namedNamespace(), sockets);
    OrphanSearch.Found found = search.run();
    OrphanChange change = new OrphanChange(cluster, console, found, sockets);
    if (adopt != null) {
      if (one(found, adopt) instanceof Orphan.VolumeOnly volume) {
        confirm("Make a PersistentVolume for volume " + volume.name() + "?", volume.name());
        return change.adopt(volume, quantity);
      }
      throw new NoAnswer(adopt + " has a PersistentVolume already; only a volume is adopted");
    }
    if (delete != null) {
      Orphan orphan = one(found, delete);
      confirm("Delete " + orphan.name() + ", " + orphan.words() + "?", orphan.name());
      return change.delete(orphan);
    }
    return found.report().answer();
  }

  private static Orphan one(OrphanSearch.Found found, String name) {
    List<Orphan> matching =
        found.report().orphans().stream().filter(one -> one.name().equals(name)).toList();
    return switch (matching.size()) {
      case 0 -> throw new NoAnswer("there is no orphan " + name + "; see kubectl dory orphans");
      case 1 -> matching.getFirst();
      default ->
          throw new NoAnswer(
              "several orphans are called "
                  + name
                  + ", in different plugins or nodes: narrow it by -n");
    };
  }

  private void confirm(String question, String name) {
    if (!yes && !console.confirmed(question, name)) {
      throw new NoAnswer("nothing was changed");
    }
  }

  private static Quantity quantity(String text) {
    try {
      Quantity quantity = Quantity.parse(text);
      if (Quantity.getAmountInBytes(quantity).signum() > 0) {
        return quantity;
      }
    } catch (IllegalArgumentException | ArithmeticException e) {
      // told below like zero
    }
    throw new WrongUse("--size " + text + ": give a size such as 10Gi");
  }
}
