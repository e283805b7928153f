// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit.run;

import java.util.List;

/** How a request ended, as the provisioner must know it. */
public sealed interface ExitReason {

  /** For people, on one line. */
  String words();

  /** Done, now or before. */
  record Done(String words) implements ExitReason {}

  /**
   * Read, and shown as it is on a line of its own.
   *
   * @param json holds no option of a volume
   */
  record Shown(String json) implements ExitReason {
    @Override
    public String words() {
      return json;
    }
  }

  /** Can never work as it is asked, and nothing of it is left behind. */
  record Never(String words) implements ExitReason {}

  /** Failed; may work later, and a volume may exist. */
  record Again(String words) implements ExitReason {}

  /** Nobody knows: somebody was asked for something and may still do it. */
  record Unsettled(String words) implements ExitReason {}

  /** The exit code that says so. */
  default int code() {
    return switch (this) {
      case Done done -> 0;
      case Shown shown -> 0;
      case Never never -> 2;
      case Again again -> 1;
      case Unsettled unsettled -> 4;
    };
  }

  /** Refusal of a request with these faults. */
  static ExitReason faulty(List<String> problems) {
    return new Never(String.join("; ", problems));
  }
}
