// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.control;

import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.dory.provisioner.catalog.Catalog;
import storage.dory.provisioner.catalog.ProvisionerDefinition;
import storage.dory.provisioner.podrun.VolumeClientSet;
import storage.dory.provisioner.volume.Marks;

/**
 * Keeps the DaemonSet of a volume client as its ConfigMap says. What somebody changes on the
 * DaemonSet itself stays until the ConfigMap changes; so does all of it while several ConfigMaps
 * say different things about it.
 */
final class VolumeClients {
  private static final Logger log = LoggerFactory.getLogger(VolumeClients.class);

  private final ClusterWriter writer;
  private final Catalog catalog;
  private final VolumeClientSet sets;

  VolumeClients(ClusterWriter writer, Catalog catalog, VolumeClientSet sets) {
    this.writer = writer;
    this.catalog = catalog;
    this.sets = sets;
  }

  /** What came of it; words are for whoever wrote the ConfigMap. */
  sealed interface Outcome {

    /** It is as the ConfigMap says, or the ConfigMap wants none. */
    record AsSaid() implements Outcome {}

    /** There is one, and it is not changed. */
    record LeftAlone(String words) implements Outcome {}

    /** There is none of ours, or it cannot be changed. */
    record Refused(String words) implements Outcome {}
  }

  /**
   * Makes or changes what is wanted.
   *
   * @throws IllegalStateException when it changes at the same time: worth trying again
   */
  Outcome ensure(ProvisionerDefinition definition) {
    Optional<DaemonSet> wanted = sets.of(definition);
    if (wanted.isEmpty()) {
      return new Outcome.AsSaid();
    }
    String name = wanted.get().getMetadata().getName();
    Optional<DaemonSet> found =
        writer.readDaemonSet(wanted.get().getMetadata().getNamespace(), name);
    if (found.isPresent() && !ours(found.get())) {
      return new Outcome.Refused(
          "provisioner.vcs-image: DaemonSet " + name + " is there, is not ours and is left alone");
    }
    Outcome outcome =
        found.isEmpty()
            ? outcome(name, writer.createDaemonSet(wanted.get()))
            : new Outcome.AsSaid();
    List<ProvisionerDefinition> others = othersThan(definition, wanted.get());
    if (outcome instanceof Outcome.AsSaid && !others.isEmpty()) {
      return new Outcome.LeftAlone(words(definition, name, others));
    }
    return found.isEmpty() || VolumeClientSet.sameTemplate(found.get(), wanted.get())
        ? outcome
        : outcome(
            name, writer.replaceDaemonSet(VolumeClientSet.changed(found.get(), wanted.get())));
  }

  private static boolean ours(DaemonSet found) {
    return Marks.US.equals(
        Optional.ofNullable(found.getMetadata().getLabels())
            .orElse(Map.of())
            .get(Marks.MANAGED_BY));
  }

  private static String words(
      ProvisionerDefinition definition, String name, List<ProvisionerDefinition> others) {
    String sources =
        String.join(
            ", ", others.stream().map(other -> other.source().toString()).sorted().toList());
    boolean apart =
        others.stream()
            .anyMatch(other ->
                !other.placing().nodeSelector().equals(definition.placing().nodeSelector()));
    String all =
        "DaemonSet "
            + name
            + " follows no change, since the image, Secret, probe, account, nodes or tolerations"
            + " of it are others in "
            + sources
            + ": have provisioner.vcs-image in one ConfigMap only";
    return apart
        ? all
            + ". There is one DaemonSet for a plugin, on the nodes of one of them: for a volume"
            + " client on the nodes of each, give each another provisioner.docker-plugin"
        : all;
  }

  /** The ConfigMaps that want another template for the same DaemonSet. */
  private List<ProvisionerDefinition> othersThan(
      ProvisionerDefinition definition, DaemonSet wanted) {
    return catalog.all().stream()
        .filter(other -> !other.source().equals(definition.source()))
        .filter(other ->
            sets.of(other)
                .filter(set -> sameName(set, wanted) && !VolumeClientSet.sameTemplate(set, wanted))
                .isPresent())
        .toList();
  }

  private static boolean sameName(DaemonSet one, DaemonSet other) {
    return one.getMetadata().getName().equals(other.getMetadata().getName())
        && one.getMetadata().getNamespace().equals(other.getMetadata().getNamespace());
  }

  private static Outcome outcome(String name, Written<DaemonSet> written) {
    return switch (written) {
      case Written.Done<DaemonSet> done -> {
        log.info("volume client set daemonset={}", name);
        yield new Outcome.AsSaid();
      }
      case Written.Rejected<DaemonSet>(String words) ->
          new Outcome.Refused(
              "provisioner.vcs-image: DaemonSet " + name + " cannot be made or changed: " + words);
      case Written.Exists<DaemonSet> e -> throw changing(name);
      case Written.Absent<DaemonSet> a -> throw changing(name);
      case Written.Stale<DaemonSet> s -> throw changing(name);
    };
  }

  private static IllegalStateException changing(String name) {
    return new IllegalStateException("DaemonSet " + name + " changes while it is looked at");
  }
}
