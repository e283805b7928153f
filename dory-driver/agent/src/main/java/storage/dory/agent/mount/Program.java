// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.mount;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A program of the node's at work on a path that may hang. It can be left behind: in the middle of
 * a call that the kernel does not end, it is not even killed, and that is no thread of ours.
 */
final class Program {
  private static final int MOST_WORDS = 2000;

  private final Process process;

  private Program(Process process) {
    this.process = process;
  }

  static Program start(List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("LC_ALL", "C");
    Process process = builder.start();
    process.getOutputStream().close();
    return new Program(process);
  }

  /** Whether it ends within the limit; it and what it has started are killed when it does not. */
  boolean ends(Duration limit) {
    try {
      if (process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS)) {
        return true;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    return false;
  }

  /** Of one that has ended. */
  int exitCode() {
    return process.exitValue();
  }

  /** What one that has ended has printed, on a line. */
  String words() {
    try {
      byte[] bytes = process.getInputStream().readNBytes(MOST_WORDS);
      return new String(bytes, StandardCharsets.UTF_8).strip().replaceAll("\\s+", " ");
    } catch (IOException e) {
      return "exit code " + exitCode();
    }
  }
}
