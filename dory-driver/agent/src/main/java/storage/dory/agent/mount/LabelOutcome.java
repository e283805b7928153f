// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.mount;

/** How the labelling of a directory ended. */
public sealed interface LabelOutcome {

  /** It has the type, or there is no label that could be given. */
  record Settled() implements LabelOutcome {}

  /**
   * The policy of this node has no such type, by any of its names: nothing was changed.
   *
   * @param why what was tried, in words
   */
  record NoSuchType(String why) implements LabelOutcome {}

  /**
   * The kernel refused, or did not answer in time.
   *
   * @param why what was tried, the reason, and what can be done, in words
   */
  record Refused(String why) implements LabelOutcome {}
}
