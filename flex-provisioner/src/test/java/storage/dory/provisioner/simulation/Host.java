// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.simulation;

import java.time.Duration;
import java.time.Instant;
import storage.dory.provisioner.election.Timepiece;

/**
 * Where one provisioner runs: it may stand still for a while, as by SIGSTOP, a long collection of
 * garbage or a suspended machine, and its clock differs from others'.
 */
public final class Host {
  private final World world;
  private final Duration skew;
  private Instant awake = Instant.MIN;
  private boolean dead;

  Host(World world) {
    this.world = world;
    skew = Duration.ofMillis(world.between(-20_000, 20_000));
  }

  /** Its clocks. */
  Timepiece clock() {
    return new Timepiece(world::nanos, () -> world.now().plus(skew));
  }

  /** Lets something happen here later: not while it stands still, and never when it is dead. */
  public void later(long millis, Runnable what) {
    world.after(
        millis,
        () -> {
          if (dead) {
            return;
          }
          if (frozen()) {
            later(Duration.between(world.now(), awake).toMillis(), what);
          } else {
            what.run();
          }
        });
  }

  void freeze(long millis) {
    world.note(() -> "provisioner stands still for " + millis + " ms");
    Instant until = world.now().plusMillis(millis);
    awake = until.isAfter(awake) ? until : awake;
  }

  /** Time passes for a program that runs here. */
  void pass(long millis) {
    world.pass(millis);
    while (frozen() && !dead) {
      world.pass(Duration.between(world.now(), awake).toMillis());
    }
  }

  void die() {
    dead = true;
  }

  boolean isDead() {
    return dead;
  }

  private boolean frozen() {
    return world.now().isBefore(awake);
  }
}
