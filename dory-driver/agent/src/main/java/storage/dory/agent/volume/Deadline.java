// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The moment by which something must be answered.
 *
 * @param at in nanoseconds of the clock
 * @param clock such as {@link System#nanoTime}
 */
public record Deadline(long at, LongSupplier clock) {

  public static Deadline in(Duration limit, LongSupplier clock) {
    return new Deadline(clock.getAsLong() + limit.toNanos(), clock);
  }

  /** The time left, at least a millisecond so that every limit derived from it is one. */
  public Duration left() {
    return Duration.ofNanos(Math.max(1_000_000, at - clock.getAsLong()));
  }

  /** The time left, but no more than this. */
  public Duration left(Duration most) {
    Duration left = left();
    return left.compareTo(most) < 0 ? left : most;
  }

  public boolean passed() {
    return at - clock.getAsLong() <= 0;
  }

  /** An earlier deadline that leaves time for what must come after it: a tenth, 10 s at most. */
  public Deadline withReserve() {
    long tenth = Math.min((at - clock.getAsLong()) / 10, Duration.ofSeconds(10).toNanos());
    return new Deadline(at - Math.max(0, tenth), clock);
  }
}
