// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

import java.util.Optional;
import storage.dory.agent.records.MountRecord;
import storage.dory.agent.records.MountState;

/** How to begin a mount, given what is recorded and mounted at its target. */
enum MountStart {
  /** The very mount that is asked for is there. */
  ALREADY_THERE,
  /** Something else, or half of something, is there: it goes first. */
  CLEAR_FIRST,
  /** It was there, its server has gone, and it is being mounted again without being asked. */
  UNDER_REPAIR,
  /**
   * Nothing is there, but a plugin is still to be told that another mount is over: it may be away
   * or refuse for long, and is told beside this one.
   */
  BESIDE_DEBT,
  /** Nothing is there. */
  BEGIN;

  static MountStart of(MountRequest request, Optional<MountRecord> record, boolean mounted) {
    if (record.isEmpty()) {
      return mounted ? CLEAR_FIRST : BEGIN;
    }
    if (record.get().state() instanceof MountState.Repairing && request.isOf(record.get())) {
      return UNDER_REPAIR;
    }
    if (!mounted && record.get().isDebt() && !request.announced().sameForPlugin(record.get())) {
      return BESIDE_DEBT;
    }
    boolean finished = record.get().state() instanceof MountState.Mounted;
    return finished && mounted && request.isOf(record.get()) ? ALREADY_THERE : CLEAR_FIRST;
  }
}
