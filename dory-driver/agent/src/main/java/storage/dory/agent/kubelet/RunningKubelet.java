// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.kubelet;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Which kubelet runs. Cheap to ask each second: every process is looked at only when the one that
 * ran the last time does not run any more. For one thread.
 */
public final class RunningKubelet {
  /** How many looks apart all processes are looked at while there is no kubelet. */
  private static final int REST = 10;

  private final NodeProcesses processes;
  private Optional<Name> last = Optional.empty();
  private int looksToSkip;

  /**
   * One start of a kubelet.
   *
   * @param process its directory below {@code /proc}
   * @param started when, in the kernel's words
   */
  public record Name(Path process, String started) {}

  public RunningKubelet(NodeProcesses processes) {
    this.processes = processes;
  }

  /** The one that runs; empty when none is seen, which may be told late. */
  public Optional<Name> look() {
    if (last.isPresent() && last.equals(last.flatMap(each -> named(each.process())))) {
      return last;
    }
    last = Optional.empty();
    if (looksToSkip > 0) {
      looksToSkip--;
      return last;
    }
    last = processes.process().flatMap(RunningKubelet::named);
    looksToSkip = last.isPresent() ? 0 : REST;
    return last;
  }

  private static Optional<Name> named(Path process) {
    return NodeProcesses.startOf(process).map(start -> new Name(process, start));
  }
}
