// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.simulation;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * The line from a provisioner to the API server. On it requests are refused, get lost on either way
 * or come late, and the provisioner may die or stand still at either end.
 */
public final class Line {
  /** As the real client's. */
  static final long TIME_OUT = 10_000;

  private final World world;
  private final Host host;
  private final long timeOut;
  private int requests;

  Line(World world, Host host, long timeOut) {
    this.world = world;
    this.host = host;
    this.timeOut = timeOut;
  }

  /** What a request met that did not settle it. */
  public static final class NoAnswer extends RuntimeException {
    private static final long serialVersionUID = 1;

    NoAnswer(String words) {
      super(words, null, false, false);
    }
  }

  /**
   * Carries one request.
   *
   * @return what came back; empty for a conflict
   */
  public <R> Optional<R> carry(String what, boolean conflicts, Supplier<R> effect) {
    requests++;
    travel(world.delay(15, 3000));
    if (world.mishap(0.015)) {
      die(what + ": dies before");
    }
    if (world.mishap(0.02)) {
      world.note(() -> what + ": 500");
      throw new NoAnswer("500 to " + what);
    }
    if (world.mishap(0.01)) {
      world.note(() -> what + ": lost on its way");
      travel(timeOut);
      throw new NoAnswer("no answer to " + what);
    }
    if (world.mishap(0.01)) {
      world.note(() -> what + ": held up on its way");
      world.after(
          world.between(0, 45_000),
          () -> {
            world.note(() -> what + ": arrives late");
            var _ = effect.get();
          });
      travel(timeOut);
      throw new NoAnswer("no answer to " + what);
    }
    if (conflicts && world.mishap(0.02)) {
      world.note(() -> what + ": 409");
      return Optional.empty();
    }
    R result = effect.get();
    if (world.mishap(0.015)) {
      die(what + ": dies after");
    }
    if (world.mishap(0.02)) {
      world.note(() -> what + ": answer lost");
      travel(timeOut);
      throw new NoAnswer("no answer to " + what);
    }
    world.note(() -> what + ": done");
    travel(world.delay(15, 3000));
    return Optional.of(result);
  }

  int requests() {
    return requests;
  }

  boolean isCut() {
    return host.isDead();
  }

  private void die(String how) {
    world.note(() -> how);
    host.die();
    throw new Killed();
  }

  private void travel(long millis) {
    alive();
    if (world.mishap(0.002)) {
      host.freeze(world.between(1000, 60_000));
    }
    host.pass(millis);
    alive();
  }

  private void alive() {
    if (host.isDead()) {
      throw new Killed();
    }
  }
}
