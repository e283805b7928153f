// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

/** How a mount or unmount ended. */
public sealed interface VolumeOutcome {

  /** It is as asked for. */
  record Done() implements VolumeOutcome {}

  /**
   * It is not; what was begun has been undone or is remembered.
   *
   * @param why for the pod's events
   */
  record Failed(String why) implements VolumeOutcome {}
}
