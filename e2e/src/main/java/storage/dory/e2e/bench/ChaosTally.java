// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What was counted and found while things were killed. Safe for many threads. */
final class ChaosTally {
  /** What must never happen. */
  enum Fault {
    /** A mount that is still there when everybody has gone. */
    LEAKED_MOUNT("leaked mounts"),
    /** A mount that went, or lost its data, while its pod had it; or was never there. */
    WRONG_UNMOUNT("wrong unmounts"),
    /** A target whose mount or unmount did not succeed in time, or that stays mounted. */
    STUCK_TARGET("stuck targets"),
    /** A target that shows another volume. */
    OTHER_VOLUME("other volumes shown"),
    /** A volume that the plugin holds for somebody who has gone. */
    HELD_BY_PLUGIN("volumes held in the plugin"),
    /** A record of the agent for which there is nothing left to do. */
    RECORD_LEFT("records left");

    private final String words;

    Fault(String words) {
      this.words = words;
    }
  }

  private final Map<Fault, List<String>> faults = new TreeMap<>();
  private int done;
  private int repeated;

  /** A call that succeeded. */
  synchronized void done() {
    done++;
    notifyAll();
  }

  /** A call that failed, as calls may while something is down; it is made again. */
  synchronized void repeated() {
    repeated++;
  }

  /** Waits until so many more calls have succeeded, or the time is over. */
  synchronized void awaitCalls(int calls, long millis) throws InterruptedException {
    long end = System.nanoTime() + millis * 1_000_000;
    int until = done + calls;
    while (done < until) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return;
      }
      wait(left);
    }
  }

  synchronized int succeeded() {
    return done;
  }

  synchronized void found(Fault fault, String what) {
    faults.computeIfAbsent(fault, _ -> new ArrayList<>()).add(what);
  }

  synchronized boolean clean() {
    return faults.isEmpty();
  }

  /** A line for each kind of fault, none left out, and the first few of each. */
  synchronized List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("calls that succeeded " + done + ", calls that were repeated " + repeated);
    for (Fault fault : Fault.values()) {
      List<String> found = faults.getOrDefault(fault, List.of());
      lines.add(fault.words + " " + found.size());
      found.stream().limit(5).forEach(what -> lines.add("  " + what));
    }
    return List.copyOf(lines);
  }
}
