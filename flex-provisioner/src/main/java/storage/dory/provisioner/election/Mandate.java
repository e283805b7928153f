// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.election;

import java.time.Duration;

/**
 * Whether this process may change anything in the cluster, at this moment. It is asked right before
 * every write, so that a process that was stopped for a while and wakes up as no leader any more
 * does nothing. Once ended it never comes back: the process has to. Safe for use by several
 * threads.
 */
public final class Mandate {
  private final Timepiece clock;
  private final Duration lasts;
  private final boolean unlimited;
  private Timepiece.@org.jspecify.annotations.Nullable Moment renewed;
  private boolean ended;

  private Mandate(Timepiece clock, Duration lasts, boolean unlimited) {
    this.clock = clock;
    this.lasts = lasts;
    this.unlimited = unlimited;
  }

  /** One that ends by itself when it is not renewed for as long as the terms say. */
  public static Mandate of(Terms terms, Timepiece clock) {
    return new Mandate(clock, terms.renewWithin(), false);
  }

  /** One that only {@link #end} ends: without an election. */
  public static Mandate withoutElection() {
    return new Mandate(Timepiece.system(), Duration.ZERO, true);
  }

  /** A write was tried without the right to it. */
  public static final class Missing extends IllegalStateException {
    private static final long serialVersionUID = 1;

    Missing() {
      super("nothing is written: this process is not the leader");
    }
  }

  /**
   * Right before a write.
   *
   * @throws Missing when it does not hold
   */
  public void check() {
    if (!holds()) {
      throw new Missing();
    }
  }

  /** Whether this process is the leader now. */
  public synchronized boolean holds() {
    return !ended && (unlimited || (renewed != null && clock.since(renewed).compareTo(lasts) < 0));
  }

  /** Whether it was held and is no more: the process must end. */
  public synchronized boolean lost() {
    return ended || (renewed != null && !holds());
  }

  /** Ends it for good. What was written before may still take effect. */
  public synchronized void end() {
    ended = true;
  }

  /**
   * The lease was written for us.
   *
   * @param asked when the request for it was sent: others count from no earlier moment
   */
  synchronized void renew(Timepiece.Moment asked) {
    if (renewed != null && !holds()) {
      ended = true;
    }
    renewed = asked;
  }
}
