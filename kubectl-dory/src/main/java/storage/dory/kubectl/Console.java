// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Where a command talks to a person: answers on one stream, everything else on the other.
 *
 * @param in what is typed
 * @param clock the time as of which answers are
 */
record Console(PrintStream out, PrintStream err, BufferedReader in, InstantSource clock) {

  Instant now() {
    return clock.instant();
  }

  /** Something worth knowing that is no part of the answer. */
  void note(String words) {
    err.println("kubectl dory: " + words);
  }

  /** Has a person type a name; false when anything else comes. */
  boolean confirmed(String question, String name) {
    err.print(question + " Type " + name + " to go on: ");
    err.flush();
    try {
      return name.equals(in.readLine());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
