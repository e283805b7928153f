// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.election;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * Tells how long ago something was, by two clocks of one machine. One may have stood still while
 * the machine was suspended, the other may have been set.
 *
 * @param nanos like {@link System#nanoTime()}
 * @param wall the time of day
 */
public record Timepiece(LongSupplier nanos, InstantSource wall) {

  /** The clocks of this machine. */
  public static Timepiece system() {
    return new Timepiece(System::nanoTime, InstantSource.system());
  }

  /** A moment by both clocks. */
  record Moment(long nanos, Instant wall) {}

  Moment now() {
    return new Moment(nanos.getAsLong(), wall.instant());
  }

  /** By the clock by which more time has passed: for one whose right runs out. */
  Duration since(Moment then) {
    return longer(steady(then), daytime(then));
  }

  /**
   * By the clock by which less time has passed: for one who waits for another's right to run out.
   */
  Duration surelySince(Moment then) {
    Duration daytime = daytime(then);
    return steady(then).equals(longer(steady(then), daytime)) ? daytime : steady(then);
  }

  private Duration steady(Moment then) {
    return Duration.ofNanos(nanos.getAsLong() - then.nanos);
  }

  private Duration daytime(Moment then) {
    return Duration.between(then.wall, wall.instant());
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) >= 0 ? one : other;
  }
}
