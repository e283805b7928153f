// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import storage.dory.agent.mount.ConnectionState;
import storage.dory.agent.mount.Connections;
import storage.dory.agent.mount.MountEntry;
import storage.dory.agent.mount.MountTable;
import storage.dory.agent.mount.Mounter;
import storage.dory.agent.records.MountRecord;

/**
 * Puts a living mount on top of a dead one. The dead one stays below: a container that starts at
 * any moment sees it or the new one, never the node's own directory, and containers that have mount
 * propagation from the host get the new one too. Of several dead ones only the undermost stays.
 */
final class TargetRepair {
  private static final Duration LOOK = Duration.ofSeconds(5);

  /** From {@code pods/UID/volumes/DRIVER/VOLUME} to the pod's directory. */
  private static final int STEPS_TO_POD = 3;

  private final Mounter mounter;
  private final Connections connections;
  private final Showing showing;

  TargetRepair(Mounter mounter, Connections connections) {
    this.mounter = mounter;
    this.connections = connections;
    this.showing = new Showing(mounter);
  }

  MountTable table() {
    return mounter.table();
  }

  /** Whether a path shows what can stand in for what was at the target. */
  boolean serves(Path source, Path target) {
    MountTable table = mounter.table();
    return unusable(table, source, target).isEmpty()
        && (table.isMounted(target) || table.isMounted(source));
  }

  /** Why what the plugin has mounted cannot be shown to the pod; empty when it can. */
  Optional<String> unusable(Path source, Path target, Deadline deadline) {
    return unusable(mounter.table(), source, target)
        .or(() -> Showing.why(mounter.inspect(source, deadline.left(LOOK))));
  }

  /** Whether the plugin's own mount is as it was, and only what showed it has gone. */
  boolean isOnlyTakenOff(Path source, Path target) {
    MountTable table = mounter.table();
    return table.stack(target).isEmpty()
        && table.top(source).filter(each -> !isDead(each)).isPresent();
  }

  /** Shows it; done also when an agent that was killed had done so. The target's lock is held. */
  Optional<String> restore(
      MountRecord record, Path source, Optional<Path> device, Deadline deadline) {
    Path target = record.target();
    Set<String> dead =
        mounter.table().stack(target).stream()
            .filter(this::isDead)
            .map(MountEntry::device)
            .collect(Collectors.toSet());
    Optional<String> refused = takeOffAllButUndermost(target, deadline);
    if (refused.isEmpty() && !isShown(record, source, device)) {
      refused = showOrNothing(record, source, device, deadline);
    }
    return refused.or(() -> takeOffSubPaths(target, dead, deadline));
  }

  /** What was shown and is not as asked is taken off again: the dead one stays. */
  private Optional<String> showOrNothing(
      MountRecord record, Path source, Optional<Path> device, Deadline deadline) {
    int before = mounter.table().stack(record.target()).size();
    Optional<String> refused = showing.showAgain(record, source, device, deadline);
    if (refused.isPresent() && mounter.table().stack(record.target()).size() > before) {
      return Showing.why(mounter.detach(record.target(), deadline.left()))
          .map(stuck -> refused.get() + "; " + stuck)
          .or(() -> refused);
    }
    return refused;
  }

  private Optional<String> unusable(MountTable table, Path source, Path target) {
    Optional<MountEntry> shown = table.covering(source);
    if (shown.filter(this::isDead).isPresent()) {
      return Optional.of("the plugin says it has mounted it at " + source + ", which is dead");
    }
    boolean wasServed = table.stack(target).stream().anyMatch(MountEntry::isFuse);
    boolean isServed = shown.filter(MountEntry::isFuse).isPresent();
    return wasServed && !isServed
        ? Optional.of("the plugin says it has mounted it at " + source + ", where no mount is")
        : Optional.empty();
  }

  private Optional<String> takeOffAllButUndermost(Path target, Deadline deadline) {
    List<MountEntry> stack = mounter.table().stack(target);
    for (int count = stack.size(); count > 1 && isDead(stack.getLast()); count = stack.size()) {
      Optional<String> refused = Showing.why(mounter.detach(target, deadline.left()));
      stack = mounter.table().stack(target);
      if (refused.isPresent() || stack.size() >= count) {
        return refused.or(() -> Optional.of("a dead mount at " + target + " does not go"));
      }
    }
    return Optional.empty();
  }

  private boolean isShown(MountRecord record, Path source, Optional<Path> device) {
    MountTable table = mounter.table();
    Optional<MountEntry> top = table.top(record.target());
    if (device.isPresent()) {
      return top.filter(each -> !isDead(each)).isPresent();
    }
    Optional<String> filesystem = table.covering(source).map(MountEntry::device);
    return top.filter(each -> Optional.of(each.device()).equals(filesystem))
        .filter(each -> each.readOnly() || !record.readOnly())
        .isPresent();
  }

  /** Kubelet's own binds of directories in the volume: it makes them anew when they are gone. */
  private Optional<String> takeOffSubPaths(Path target, Set<String> dead, Deadline deadline) {
    Path pod = target;
    for (int i = 0; i < STEPS_TO_POD; i++) {
      pod = pod.getParent() == null ? pod : pod.getParent();
    }
    String subPaths = pod.resolve("volume-subpaths") + "/";
    for (MountEntry each : mounter.table().entries().reversed()) {
      if (each.point().startsWith(subPaths) && dead.contains(each.device())) {
        Optional<String> refused =
            Showing.why(mounter.detach(Path.of(each.point()), deadline.left()));
        if (refused.isPresent()) {
          return refused;
        }
      }
    }
    return Optional.empty();
  }

  private boolean isDead(MountEntry mount) {
    return connections.of(mount) instanceof ConnectionState.Aborted;
  }
}
