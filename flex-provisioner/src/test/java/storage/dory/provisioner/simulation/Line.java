// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.simulation;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * The line from a provisioner to the API server. On it requests are refused, get lost on either
 * way, and the provisioner may die at either end.
 */
public final class Line {
  private static final long TIME_OUT = 10_000;

  private final World world;
  private boolean cut;
  private int requests;

  Line(World world) {
    this.world = world;
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
      travel(TIME_OUT);
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
      travel(TIME_OUT);
      throw new NoAnswer("no answer to " + what);
    }
    world.note(() -> what + ": done");
    travel(world.delay(15, 3000));
    return Optional.of(result);
  }

  int requests() {
    return requests;
  }

  void cut() {
    cut = true;
  }

  boolean isCut() {
    return cut;
  }

  private void die(String how) {
    world.note(() -> how);
    cut = true;
    throw new Killed();
  }

  private void travel(long millis) {
    alive();
    world.pass(millis);
    alive();
  }

  private void alive() {
    if (cut) {
      throw new Killed();
    }
  }
}
