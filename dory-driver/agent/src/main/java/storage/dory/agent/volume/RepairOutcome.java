// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

/** How an attempt to repair a volume ended. */
public sealed interface RepairOutcome {

  /** All its targets are as they should be. */
  record Done() implements RepairOutcome {}

  /** Something is left to do, later. */
  record NotYet(String why) implements RepairOutcome {}
}
