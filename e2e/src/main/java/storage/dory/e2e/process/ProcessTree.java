// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.process;

import java.util.List;
import org.apache.commons.exec.ProcessDestroyer;
import org.jspecify.annotations.Nullable;

/** The process of one command, which may turn up only after it was to be killed. */
final class ProcessTree implements ProcessDestroyer {
  private @Nullable Process process;
  private boolean killed;

  @Override
  public synchronized boolean add(Process started) {
    process = started;
    if (killed) {
      kill(started.toHandle());
    }
    return true;
  }

  @Override
  public synchronized boolean remove(Process ended) {
    process = null;
    return true;
  }

  @Override
  public synchronized int size() {
    return process == null ? 0 : 1;
  }

  synchronized void kill() {
    killed = true;
    if (process != null) {
      kill(process.toHandle());
    }
  }

  /** Kills a process and all that it started. */
  static void kill(ProcessHandle root) {
    List<ProcessHandle> below = root.descendants().toList();
    root.destroyForcibly();
    below.forEach(ProcessHandle::destroyForcibly);
  }
}
