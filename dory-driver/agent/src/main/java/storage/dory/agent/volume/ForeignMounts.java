// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.dory.agent.mount.Mounter;
import storage.dory.agent.records.Breadcrumbs;
import storage.dory.agent.records.MountRecord;
import storage.dory.agent.records.MountState;
import storage.dory.agent.records.RecordStore;
import storage.dory.plugin.MountId;
import storage.dory.plugin.VolumeName;

/** Mounts there is no record of, made by the original Dory before it was replaced. */
final class ForeignMounts {
  private static final Logger LOG = LoggerFactory.getLogger(ForeignMounts.class);
  private static final Duration FINDING = Duration.ofSeconds(10);
  private static final Pattern POD_DIRECTORY = Pattern.compile("/pods/[^/]+/volumes/");

  private final RecordStore records;
  private final Mounter mounter;
  private final Function<Path, PluginCalls> plugins;
  private final Breadcrumbs breadcrumbs;

  /** Whose a mount is. */
  sealed interface Owner {

    /** This volume's. */
    record Is(VolumeName volume) implements Owner {}

    /** No volume of the plugin's. */
    record Nobody() implements Owner {}

    /** The plugin could not be asked. */
    record NotKnown(String why) implements Owner {}
  }

  ForeignMounts(
      RecordStore records,
      Mounter mounter,
      Function<Path, PluginCalls> plugins,
      Breadcrumbs breadcrumbs) {
    this.records = records;
    this.mounter = mounter;
    this.plugins = plugins;
    this.breadcrumbs = breadcrumbs;
  }

  /** Records a mount at the target that has no record, so that it can be undone like any other. */
  void adopt(Path target, Path socket, MountId id, Deadline deadline) {
    if (records.find(target).isPresent() || !mounter.table().isMounted(target)) {
      return;
    }
    List<Path> places = placesOf(target);
    Deadline finding = Deadline.in(deadline.left(FINDING), deadline.clock());
    Optional<VolumeName> volume =
        switch (plugins.apply(socket).ownerOf(places, nameOf(target), finding)) {
          case Owner.Is(VolumeName found) -> Optional.of(found);
          case Owner.Nobody() -> Optional.empty();
          case Owner.NotKnown(String why) -> {
            LOG.warn("owner of a mount not known target={} why=\"{}\"", target, why);
            yield likely(places, nameOf(target));
          }
        };
    volume.ifPresent(found -> {
      LOG.info("found without record target={} volume={} id={}", target, found, id);
      records.note(new MountRecord(target, socket, found, id, false, new MountState.Unmounting()));
    });
  }

  /** Erases the breadcrumb of a target when no other pod can need it any more. */
  void forget(Path target) {
    boolean needed =
        mounter.table().entries().stream()
            .anyMatch(each -> breadcrumbs.isShared(target, each.point()));
    if (!needed) {
      breadcrumbs.erase(target);
    }
  }

  /** Where the plugin has what is at the target, as far as the kernel and the original know. */
  private List<Path> placesOf(Path target) {
    List<Path> places = new ArrayList<>();
    mounter.table().alsoAt(target).stream()
        .filter(each -> !POD_DIRECTORY.matcher(each).find())
        .flatMap(each -> pathOf(each).stream())
        .forEach(places::add);
    breadcrumbs.read(target).filter(each -> !places.contains(each)).ifPresent(places::add);
    return places;
  }

  /**
   * The original's names: the volume's is the PV's, and most plugins mount at a path of its name.
   */
  private static Optional<VolumeName> likely(List<Path> places, VolumeName name) {
    return places.stream().anyMatch(each -> each.endsWith(name.value()))
        ? Optional.of(name)
        : Optional.empty();
  }

  private static Optional<Path> pathOf(String point) {
    try {
      return Optional.of(Path.of(point));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private static VolumeName nameOf(Path target) {
    return new VolumeName(String.valueOf(target.getFileName()));
  }
}
