// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.orphans;

import io.fabric8.kubernetes.api.model.FlexPersistentVolumeSource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import storage.dory.provisioner.podrun.PodReader;
import storage.dory.provisioner.volume.ClaimUid;
import storage.dory.provisioner.volume.Marks;

/**
 * Holds what plugins list against what the cluster knows. The cluster is read before and after the
 * plugins are asked: what came or went meanwhile is no orphan.
 */
public final class Comparison {
  private static final Duration SETTLED = Duration.ofMinutes(2);

  private final ClusterRecords before;
  private final ClusterRecords after;
  private final List<PluginListing> listings;

  private final boolean attended;

  /** With a provisioner that clears up by itself. */
  public Comparison(ClusterRecords before, List<PluginListing> listings, ClusterRecords after) {
    this(before, listings, after, true);
  }

  /**
   * @param attended whether a flex provisioner is there
   */
  public Comparison(
      ClusterRecords before, List<PluginListing> listings, ClusterRecords after, boolean attended) {
    this.attended = attended;
    this.before = before;
    this.listings = List.copyOf(listings);
    this.after = after;
  }

  /** All of them; volumes of the plugins whose names are not ours are none. */
  public List<Orphan> orphans(Instant now) {
    List<Orphan> found = new ArrayList<>();
    Set<String> atWork = atWork();
    for (PluginListing listing : listings) {
      listing.volumes().stream()
          .sorted()
          .filter(name ->
              ClaimUid.ofVolume(name).filter(uid -> !atWork.contains(uid.value())).isPresent())
          .filter(name -> !names(before.volumes()).contains(name))
          .filter(name -> !names(after.volumes()).contains(name))
          .map(name ->
              new Orphan.VolumeOnly(listing.plugin(), listing.node(), listing.local(), name))
          .forEach(found::add);
    }
    Set<String> lasting = names(before.volumes());
    after.volumes().stream()
        .filter(volume -> lasting.contains(volume.getMetadata().getName()))
        .map(volume -> objectOnly(volume, atWork))
        .flatMap(Optional::stream)
        .forEach(found::add);
    (attended ? requests(now) : unattended(now)).forEach(found::add);
    secrets().forEach(found::add);
    return found;
  }

  /** Names of volumes that the plugins have and that are nobody's of ours. */
  public List<String> foreign() {
    return listings.stream()
        .flatMap(listing -> listing.volumes().stream())
        .filter(name -> ClaimUid.ofVolume(name).isEmpty())
        .distinct()
        .sorted()
        .toList();
  }

  private Optional<Orphan> objectOnly(PersistentVolume volume, Set<String> atWork) {
    FlexPersistentVolumeSource source =
        volume.getSpec() == null ? null : volume.getSpec().getFlexVolume();
    if (source == null || source.getDriver() == null) {
      return Optional.empty();
    }
    String name = volume.getMetadata().getName();
    String plugin = source.getDriver().substring(source.getDriver().indexOf('/') + 1);
    String inPlugin =
        source.getOptions() == null ? name : source.getOptions().getOrDefault("name", name);
    List<PluginListing> asked =
        listings.stream()
            .filter(listing -> listing.plugin().equals(plugin))
            .filter(listing -> !listing.local() || nodes(volume).contains(listing.node()))
            .toList();
    boolean missing =
        !asked.isEmpty()
            && asked.stream().noneMatch(listing -> listing.volumes().contains(inPlugin));
    boolean busy = ClaimUid.ofVolume(name).filter(uid -> atWork.contains(uid.value())).isPresent();
    return missing && !busy ? Optional.of(new Orphan.ObjectOnly(plugin, name)) : Optional.empty();
  }

  private static Set<String> nodes(PersistentVolume volume) {
    if (volume.getSpec().getNodeAffinity() == null
        || volume.getSpec().getNodeAffinity().getRequired() == null) {
      return Set.of();
    }
    return volume.getSpec().getNodeAffinity().getRequired().getNodeSelectorTerms().stream()
        .map(NodeSelectorTerm::getMatchExpressions)
        .flatMap(Collection::stream)
        .map(NodeSelectorRequirement::getValues)
        .flatMap(Collection::stream)
        .collect(Collectors.toSet());
  }

  /** Claims for which a pod was there at either moment. */
  private Set<String> atWork() {
    Set<String> uids = new HashSet<>();
    for (ClusterRecords moment : List.of(before, after)) {
      moment.pods().forEach(pod -> uids.add(label(pod, Marks.REQUEST)));
    }
    return uids;
  }

  private List<Orphan> requests(Instant now) {
    Set<String> claims =
        after.claims().stream().map(c -> c.getMetadata().getUid()).collect(Collectors.toSet());
    Set<String> lasting = places(before.pods());
    return after.pods().stream()
        .filter(pod -> lasting.contains(place(pod)))
        .map(pod -> PodReader.read(pod, now))
        .flatMap(Optional::stream)
        .filter(pod -> pod.ended() && pod.quiet().plus(SETTLED).isBefore(now))
        .filter(pod -> !claims.contains(pod.claim().uid().value()))
        .filter(pod -> !names(after.volumes()).contains(pod.claim().uid().volumeName()))
        .<Orphan>map(pod -> new Orphan.Request(pod.namespace(), pod.name(), pod.claim().toString()))
        .toList();
  }

  /** All that keep their namespace from going, whatever came of them. */
  private List<Orphan> unattended(Instant now) {
    List<Orphan> found = new ArrayList<>();
    after.pods().stream()
        .map(pod -> PodReader.read(pod, now))
        .flatMap(Optional::stream)
        .filter(pod -> pod.ended() && pod.deleting() && !pod.letGo())
        .map(pod ->
            new Orphan.Unattended(
                pod.namespace(),
                pod.name(),
                pod.claim().toString(),
                pod.claim().uid().volumeName()))
        .forEach(found::add);
    requests(now).stream()
        .filter(one -> found.stream().noneMatch(known -> known.name().equals(one.name())))
        .toList()
        .forEach(found::add);
    return found;
  }

  private List<Orphan> secrets() {
    Set<String> pods = places(before.pods());
    pods.addAll(places(after.pods()));
    Set<String> lasting = places(before.secrets());
    return after.secrets().stream()
        .filter(secret -> lasting.contains(place(secret)) && !pods.contains(place(secret)))
        .<Orphan>map(secret ->
            new Orphan.SecretOnly(
                secret.getMetadata().getNamespace(), secret.getMetadata().getName()))
        .toList();
  }

  private static Set<String> names(Collection<PersistentVolume> volumes) {
    return volumes.stream().map(v -> v.getMetadata().getName()).collect(Collectors.toSet());
  }

  private static Set<String> places(Collection<? extends HasMetadata> objects) {
    return objects.stream().map(Comparison::place).collect(Collectors.toSet());
  }

  private static String place(HasMetadata object) {
    return object.getMetadata().getNamespace() + "/" + object.getMetadata().getName();
  }

  private static String label(Pod pod, String name) {
    return pod.getMetadata().getLabels() == null
        ? ""
        : pod.getMetadata().getLabels().getOrDefault(name, "");
  }
}
