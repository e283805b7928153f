// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.host;

import java.util.List;

/** How a command on a host has ended. */
public sealed interface HostOutcome {

  /**
   * It is as it was asked for.
   *
   * @param lines what there is now, for a human
   */
  record Done(List<String> lines) implements HostOutcome {
    public Done {
      lines = List.copyOf(lines);
    }
  }

  /** Nothing of it was done, or it was undone. */
  record Refused(String why) implements HostOutcome {}
}
