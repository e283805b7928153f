// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

import java.util.Optional;
import java.util.function.Supplier;
import storage.dory.agent.mount.MountOutcome;
import storage.dory.agent.records.MountState;

/** What becomes of a target whose mount has died, given how its directory is. */
final class DeadTarget {
  private DeadTarget() {}

  /**
   * The state to go on with; empty when nothing has changed, or it cannot be told. A dead mount is
   * to be repaired. One that is not there any more, and its directory neither, was its pod's end:
   * nobody will ask for an unmount, and nothing could be put back.
   *
   * @param directory whether the directory can be looked at; asked only where nothing is mounted
   */
  static Optional<MountState> next(
      MountState state, Health health, Supplier<MountOutcome> directory) {
    return switch (state) {
      case MountState.Mounted(var source) ->
          switch (health) {
            case Health.ServerGone() -> Optional.of(new MountState.Repairing(source));
            case Health.Vanished() ->
                switch (directory.get()) {
                  case MountOutcome.Done() -> Optional.of(new MountState.Repairing(source));
                  case MountOutcome.Refused ignored -> Optional.of(new MountState.TellPlugin());
                  case MountOutcome.Busy() -> Optional.empty();
                  case MountOutcome.TooLate ignored -> Optional.empty();
                };
            case Health.Good() -> Optional.empty();
            case Health.Awaiting() -> Optional.empty();
          };
      case MountState.Repairing ignored ->
          // the plugin may be in the middle of the Mount of a repair
          health instanceof Health.Vanished && directory.get() instanceof MountOutcome.Refused
              ? Optional.of(new MountState.LateMount(0))
              : Optional.empty();
      case MountState.Mounting() -> Optional.empty();
      case MountState.Unmounting() -> Optional.empty();
      case MountState.LateMount ignored -> Optional.empty();
      case MountState.TellPlugin ignored -> Optional.empty();
    };
  }
}
