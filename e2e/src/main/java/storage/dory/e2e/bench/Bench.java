// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;

/** One of the benches, with its flags. */
interface Bench {

  /** Which flag has no sense and why; empty when all have. */
  Optional<String> wrongUse();

  /**
   * Measures, prints what was measured, and cleans up, also when the thread is interrupted.
   *
   * @param work an empty directory, removed afterwards
   * @return whether nothing failed and nothing was left
   */
  boolean run(Path work, PrintStream out, Progress progress)
      throws IOException, InterruptedException;
}
