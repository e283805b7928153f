// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.election;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes part in an election for as long as the process lives. Two threads: one that talks to the
 * API server, and one that watches the mandate, so that the loss is noticed while a request hangs.
 */
public final class Elector implements Office {
  private static final Logger log = LoggerFactory.getLogger(Elector.class);
  private static final Duration WATCH = Duration.ofMillis(100);

  private final Candidate candidate;
  private final Mandate mandate;
  private final Terms terms;
  private final Timepiece clock;
  private final Consumer<String> lost;
  private final CountDownLatch elected = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread turns = Thread.ofPlatform().daemon().name("elector").unstarted(this::turns);
  private final Thread watch = Thread.ofPlatform().daemon().name("mandate").unstarted(this::watch);
  private volatile String leader = "";
  private volatile Timepiece.Moment latest;

  /**
   * Does nothing before {@link #start}.
   *
   * @param lost is told why when leadership is lost; must end the process at once
   */
  public Elector(
      Candidate candidate, Mandate mandate, Terms terms, Timepiece clock, Consumer<String> lost) {
    this.candidate = candidate;
    this.mandate = mandate;
    this.terms = terms;
    this.clock = clock;
    this.lost = lost;
    this.latest = clock.now();
  }

  @Override
  public void start() {
    turns.start();
    watch.start();
  }

  @Override
  public boolean awaitElected(Duration limit) throws InterruptedException {
    return elected.await(limit.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public String leader() {
    return leader;
  }

  @Override
  public Optional<String> ill() {
    boolean dead =
        !turns.isAlive() || clock.since(latest).compareTo(terms.lease().multipliedBy(4)) > 0;
    return closed.getCount() > 0 && dead
        ? Optional.of("the elector has not looked at the lease since " + latest.wall())
        : Optional.empty();
  }

  @Override
  public Mandate mandate() {
    return mandate;
  }

  @Override
  public void leave(Duration limit) {
    stop();
    Thread release = Thread.ofVirtual().unstarted(this::release);
    try {
      if (turns.join(limit)) {
        release.start();
        boolean _ = release.join(limit);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void stop() {
    closed.countDown();
    mandate.end();
    turns.interrupt();
  }

  private void release() {
    try {
      candidate.release();
      log.info("leadership given up");
    } catch (RuntimeException e) {
      log.warn("lease not given up why={}", String.valueOf(e.getMessage()));
    }
  }

  private void turns() {
    try {
      do {
        turn();
        latest = clock.now();
      } while (!closed.await(terms.retry().toNanos(), TimeUnit.NANOSECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void turn() {
    try {
      switch (candidate.turn()) {
        case Candidate.Standing.Leads leads -> {
          leader = "this process";
          elected.countDown();
        }
        case Candidate.Standing.Follows(String other) -> {
          if (!other.equals(leader)) {
            log.info("standing by leader={}", other);
          }
          leader = other;
        }
        case Candidate.Standing.Lost(String why) -> lose(why);
      }
    } catch (RuntimeException e) {
      log.warn("lease not read or written why={}", String.valueOf(e.getMessage()));
    }
  }

  private void watch() {
    try {
      while (!closed.await(WATCH.toNanos(), TimeUnit.NANOSECONDS)) {
        if (mandate.lost()) {
          lose("the lease could not be renewed in time");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void lose(String why) {
    if (closed.getCount() > 0) {
      lost.accept(why);
    }
  }
}
