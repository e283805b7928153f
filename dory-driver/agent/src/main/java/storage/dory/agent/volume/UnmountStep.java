// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

import java.util.Optional;
import storage.dory.agent.records.MountRecord;
import storage.dory.agent.records.MountState;

/**
 * The next step on the way to nothing at a target, whatever state it is in. The same steps unmount,
 * undo half a mount and finish after a crash.
 */
sealed interface UnmountStep {

  /** Write this before anything is taken off. */
  record Announce(MountRecord record) implements UnmountStep {}

  /** Take the topmost mount off the target. */
  record TakeOff() implements UnmountStep {}

  /** Tell the plugin, then erase the record. */
  record Tell(MountRecord record) implements UnmountStep {}

  /** Nothing mounted, nothing recorded. */
  record Finished() implements UnmountStep {}

  static UnmountStep next(Optional<MountRecord> record, boolean mounted) {
    if (record.isEmpty()) {
      return mounted ? new TakeOff() : new Finished();
    }
    MountRecord found = record.get();
    return switch (found.state()) {
      case MountState.Mounted ignored -> new Announce(found.with(new MountState.Unmounting()));
      // the plugin may be in the middle of the Mount of a repair
      case MountState.Repairing ignored -> new Announce(found.with(new MountState.LateMount(0)));
      case MountState.Mounting ignored -> mounted ? new TakeOff() : new Tell(found);
      case MountState.Unmounting ignored -> mounted ? new TakeOff() : new Tell(found);
      case MountState.LateMount ignored -> mounted ? new TakeOff() : new Tell(found);
      case MountState.TellPlugin ignored -> mounted ? new TakeOff() : new Tell(found);
    };
  }
}
