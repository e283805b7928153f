// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.util.function.Supplier;

/** Runs steps one after the other and prints a line for each as it ends. */
final class Timeline {
  private final PrintStream out;
  private final Duration pause;
  private Supplier<String> why;
  private final long began = System.nanoTime();
  private long last = began;
  private int steps;

  /**
   * @param pause between two looks
   * @param why the cluster's own words about what is wrong, asked when a step fails
   */
  Timeline(PrintStream out, Duration pause, Supplier<String> why) {
    this.out = out;
    this.pause = pause;
    this.why = why;
  }

  /** One look at whether a step is done. */
  interface Look {
    Seen look() throws Exception;
  }

  /**
   * Looks until the step is done, and prints it.
   *
   * @throws StepFailed when the limit is over or it cannot come to be
   */
  void step(String title, String expected, Duration limit, Look look)
      throws StepFailed, InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      switch (lookSafely(look)) {
        case Seen.Done(String detail) -> {
          print(title, detail);
          return;
        }
        case Seen.NotYet(String instead) -> {
          if (System.nanoTime() > end) {
            throw failed(title, expected, instead + " after " + limit.toSeconds() + " s");
          }
        }
        case Seen.Never(String instead) -> throw failed(title, expected, instead);
      }
      Thread.sleep(pause);
    }
  }

  /** From now on somebody else is asked why a step failed. */
  Timeline explainedBy(Supplier<String> better) {
    why = better;
    return this;
  }

  /** How many steps have passed. */
  int steps() {
    return steps;
  }

  /** Seconds since the start. */
  double seconds() {
    return (System.nanoTime() - began) / 1e9;
  }

  private static Seen lookSafely(Look look) throws InterruptedException {
    try {
      return look.look();
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      return new Seen.NotYet("could not look: " + e.getMessage());
    }
  }

  private void print(String title, String detail) {
    long now = System.nanoTime();
    steps++;
    out.printf(
        "%7.2f s %+7.2f s  %-28s %s%n", (now - began) / 1e9, (now - last) / 1e9, title, detail);
    last = now;
  }

  private StepFailed failed(String title, String expected, String seen) {
    return new StepFailed(
        """
        step "%s" failed
          expected  %s
          seen      %s
          why       %s\
        """
            .formatted(title, expected, seen, why.get()));
  }
}
