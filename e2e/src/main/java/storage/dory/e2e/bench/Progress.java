// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/** Says how far a run is, at most once a second. Safe for use by many threads. */
final class Progress {
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final PrintStream out;
  private final LongSupplier nanos;
  private final long began;
  private long next;

  Progress(PrintStream out, LongSupplier nanos) {
    this.out = out;
    this.nanos = nanos;
    this.began = nanos.getAsLong();
    this.next = began;
  }

  /** A new part of the run; always told. */
  synchronized void part(String what) {
    tell(what);
  }

  /** So far within a part. */
  synchronized void reached(String what, int done, int all) {
    if (done == all || nanos.getAsLong() - next >= 0) {
      tell(what + " " + done + " of " + all);
    }
  }

  private void tell(String what) {
    long now = nanos.getAsLong();
    next = now + PAUSE.toNanos();
    out.printf(Locale.ROOT, "%7.1f s  %s%n", (now - began) / 1e9, what);
  }
}
