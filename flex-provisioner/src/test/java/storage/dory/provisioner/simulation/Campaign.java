// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.simulation;

import storage.dory.provisioner.election.Candidate;
import storage.dory.provisioner.election.Mandate;
import storage.dory.provisioner.election.Terms;

/** The real candidate with its threads played: turns, and the watch over the mandate. */
final class Campaign {
  private static final long LEASE_TIME_OUT = 2000;

  /** When all is calm nothing is learned from many turns. */
  private static final long SELDOM = 6000;

  private final World world;
  private final Api api;
  private final Host host;
  private final String name;
  private final Candidate candidate;
  private final Mandate mandate;
  private final Runnable elected;
  private final Runnable lost;
  private boolean leads;
  private boolean over;

  Campaign(World world, Api api, Host host, String name, Runnable elected, Runnable lost) {
    this.world = world;
    this.api = api;
    this.host = host;
    this.name = name;
    this.elected = elected;
    this.lost = lost;
    Terms terms = Terms.usual();
    mandate = Mandate.of(terms, host.clock());
    candidate =
        new Candidate(
            name,
            terms,
            new SimulatedLease(api, new Line(world, host, LEASE_TIME_OUT)),
            host.clock(),
            mandate);
  }

  /** As the real one is asked; whoever gets through has to hold the lease. */
  void beforeWrite() {
    mandate.check();
    if (!SimulatedLease.holder(api).equals(name)) {
      world.violated(name + " writes, and the lease is " + SimulatedLease.holder(api) + "'s");
    }
  }

  void start() {
    host.later(world.between(0, 1500), this::turn);
  }

  /** Gives the lease up; all work has ended. */
  void leave() {
    over = true;
    mandate.end();
    try {
      candidate.release();
    } catch (Line.NoAnswer e) {
      world.note(() -> "lease not given up: " + e.getMessage());
    } catch (Killed e) {
      world.note(() -> "killed while giving up the lease");
    }
  }

  private void turn() {
    if (over) {
      return;
    }
    try {
      switch (candidate.turn()) {
        case Candidate.Standing.Leads _ -> {
          host.later(Terms.usual().renewWithin().toMillis() + world.between(0, 100), this::watch);
          if (!leads) {
            leads = true;
            elected.run();
          }
        }
        case Candidate.Standing.Follows _ -> {
          // looks again
        }
        case Candidate.Standing.Lost _ -> lose();
      }
    } catch (Line.NoAnswer e) {
      world.note(() -> "lease: " + e.getMessage());
    } catch (Killed e) {
      lose();
    }
    host.later(world.faulty() ? Terms.usual().retry().toMillis() : SELDOM, this::turn);
  }

  private void watch() {
    if (mandate.lost()) {
      lose();
    }
  }

  private void lose() {
    if (!over) {
      over = true;
      lost.run();
    }
  }
}
