// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.dory.agent.mount.LabelOutcome;
import storage.dory.agent.mount.MountEntry;
import storage.dory.agent.mount.MountOutcome;
import storage.dory.agent.mount.Mounter;
import storage.dory.agent.records.MountRecord;
import storage.dory.agent.records.Wishes;

/**
 * Shows what a plugin has mounted at a target, with all that was asked of it: the first time and
 * after a repair alike. The caller holds the target's lock, and takes off what came when it was
 * refused.
 */
final class Showing {
  private static final Logger LOG = LoggerFactory.getLogger(Showing.class);

  private final Mounter mounter;

  Showing(Mounter mounter) {
    this.mounter = mounter;
  }

  /**
   * The first time.
   *
   * @return why it could not be shown, or not as asked; empty when it is
   */
  Optional<String> show(MountRecord record, Path source, Optional<Path> device, Deadline deadline) {
    return unfit(record, source, device, deadline)
        .or(() -> why(mounter.makeTarget(record.target(), deadline.left())))
        .or(() -> put(record, source, device, deadline));
  }

  /**
   * Once more, on what is there or on top of what is dead. Kubelet, which saw to the group the
   * first time, knows nothing of it.
   */
  Optional<String> showAgain(
      MountRecord record, Path source, Optional<Path> device, Deadline deadline) {
    Optional<String> refused =
        unfit(record, source, device, deadline).or(() -> put(record, source, device, deadline));
    Optional<Long> group = record.wishes().fsGroup().filter(each -> !record.readOnly());
    if (refused.isEmpty() && group.isPresent()) {
      // as with kubelet, a filesystem that has no owners is shown all the same
      why(mounter.giveGroup(record.target(), group.get(), deadline.left()))
          .ifPresent(why -> LOG.warn("group not given target={} why=\"{}\"", record.target(), why));
    }
    return refused;
  }

  /** What is wrong with a directory before it is shown; a device has none yet. */
  private Optional<String> unfit(
      MountRecord record, Path source, Optional<Path> device, Deadline deadline) {
    return device.isPresent()
        ? Optional.empty()
        : why(mounter.inspect(source, deadline.left()))
            .or(() -> label(record.wishes(), source, deadline));
  }

  private Optional<String> put(
      MountRecord record, Path source, Optional<Path> device, Deadline deadline) {
    Path target = record.target();
    if (device.isEmpty()) {
      return why(mounter.bind(source, target, record.readOnly(), deadline.left()))
          .or(() -> complaint(record));
    }
    return why(mounter.mountDevice(device.get(), target, record.readOnly(), deadline.left()))
        .or(() -> complaint(record))
        .or(() -> label(record.wishes(), target, deadline));
  }

  private Optional<String> label(Wishes wishes, Path root, Deadline deadline) {
    return wishes
        .label()
        .flatMap(type ->
            switch (mounter.label(root, type, deadline.left())) {
              case LabelOutcome.Settled() -> Optional.empty();
              case LabelOutcome.NoSuchType(String why) -> {
                // a policy without containers confines none: nothing is kept from the volume
                LOG.warn("not labelled root={} why=\"{}\"", root, why);
                yield Optional.empty();
              }
              case LabelOutcome.Refused(String why) -> Optional.of(why);
            });
  }

  private Optional<String> complaint(MountRecord record) {
    return record.wishes().complaint(mounter.table().top(record.target()).map(MountEntry::fsType));
  }

  /** Why something was not done, empty when it was. */
  static Optional<String> why(MountOutcome outcome) {
    return switch (outcome) {
      case MountOutcome.Done() -> Optional.empty();
      case MountOutcome.Busy() -> Optional.of("the target is busy");
      case MountOutcome.Refused(String why) -> Optional.of(why);
      case MountOutcome.TooLate(String why) -> Optional.of(why);
    };
  }
}
