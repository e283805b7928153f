// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.mount;

/** How a change of what is mounted ended. */
public sealed interface MountOutcome {

  /** It is as asked for. */
  record Done() implements MountOutcome {}

  /** Something still uses the mount; asking again may help. */
  record Busy() implements MountOutcome {}

  /**
   * The kernel refused.
   *
   * @param why what was tried and the kernel's reason, in words
   */
  record Refused(String why) implements MountOutcome {}

  /** No answer of the kernel in time: it may still happen, only the mount table will tell. */
  record TooLate(String why) implements MountOutcome {}
}
