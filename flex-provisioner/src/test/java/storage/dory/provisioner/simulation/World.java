// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.simulation;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.Supplier;

/** Time, chance, and what is going to happen. Time stands still unless it is told to pass. */
public final class World {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final PriorityQueue<Due> events = new PriorityQueue<>();
  private final List<String> trace = new ArrayList<>();
  private final List<String> violations = new ArrayList<>();
  private final boolean traced;
  private final Random random;
  private long millis;
  private long number;
  private boolean faults = true;

  World(long seed, boolean traced) {
    this.random = new Random(seed);
    this.traced = traced;
  }

  /** The time as programs see it. */
  public InstantSource clock() {
    return this::now;
  }

  /** The time. */
  public Instant now() {
    return START.plusMillis(millis);
  }

  /** The time as it stands in objects, to the second. */
  public String stamp() {
    return now().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  long nanos() {
    return millis * 1_000_000;
  }

  /** Lets something happen later. */
  public void after(long delayMillis, Runnable what) {
    events.add(new Due(millis + delayMillis, number++, what));
  }

  /** Lets everything happen that falls into a span of time. */
  public void pass(long spanMillis) {
    long end = millis + spanMillis;
    for (Due due = events.peek(); due != null && due.at <= end; due = events.peek()) {
      events.remove();
      millis = Math.max(millis, due.at);
      due.what.run();
    }
    millis = Math.max(millis, end);
  }

  /** Whether something bad of that likelihood happens; never after the faults have ended. */
  public boolean mishap(double likelihood) {
    return random.nextDouble() < likelihood && faults;
  }

  /** A number from low to high, both included. */
  public long between(long low, long high) {
    return low + (long) (random.nextDouble() * (high - low + 1));
  }

  /** Mostly short, at times long. */
  public long delay(long usual, long most) {
    return mishap(0.03) ? between(usual, most) : between(0, usual);
  }

  boolean chance(double likelihood) {
    return random.nextDouble() < likelihood;
  }

  void endFaults() {
    faults = false;
  }

  boolean faulty() {
    return faults;
  }

  /** Writes down what happens, for whoever has to find out why. */
  public void note(Supplier<String> line) {
    if (traced) {
      trace.add(String.format("%10.3f %s", millis / 1000.0, line.get()));
    }
  }

  /** Something that must never happen has happened. */
  public void violated(String what) {
    note(() -> "VIOLATION " + what);
    violations.add(what);
  }

  List<String> violations() {
    return violations;
  }

  List<String> trace() {
    return trace;
  }

  private record Due(long at, long number, Runnable what) implements Comparable<Due> {
    @Override
    public int compareTo(Due other) {
      return at == other.at ? Long.compare(number, other.number) : Long.compare(at, other.at);
    }
  }
}
