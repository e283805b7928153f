// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.faults;

import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Says what happens to each request: drawn from a seed, and nothing while it is off. Counts what it
 * said. Safe for use by many threads.
 */
public final class FaultPlan {
  private static final Fault NONE = new Fault.None();

  private final Random random;
  private final int permille;
  private final Map<String, Long> counts = new TreeMap<>();
  private boolean on;
  private long requests;

  /**
   * @param permille how many of a thousand requests that are no watch meet a fault
   */
  public FaultPlan(long seed, int permille) {
    this.random = new Random(seed);
    this.permille = permille;
  }

  public synchronized void on(boolean wanted) {
    on = wanted;
  }

  /** Requests so far. */
  public synchronized long requests() {
    return requests;
  }

  /** Faults so far by their names. */
  public synchronized Map<String, Long> counts() {
    return new TreeMap<>(counts);
  }

  /** What happens to that request. */
  public synchronized Fault next(RequestHead request) {
    requests++;
    if (!on) {
      return NONE;
    }
    Fault fault = request.watch() ? ofWatch() : ofCall(request);
    if (!(fault instanceof Fault.None)) {
      counts.merge(name(fault), 1L, Long::sum);
    }
    return fault;
  }

  private Fault ofWatch() {
    return random.nextInt(10) == 0
        ? new Fault.Refused(500)
        : new Fault.Dropped(Duration.ofMillis(500 + random.nextInt(15_000)));
  }

  private Fault ofCall(RequestHead request) {
    if (random.nextInt(1000) >= permille) {
      return NONE;
    }
    // an API server says Conflict only of an object that is there
    boolean changes = request.method().equals("PUT") || request.method().equals("PATCH");
    return switch (random.nextInt(20)) {
      case 0, 1, 2, 3 -> new Fault.Refused(500);
      case 4, 5 -> new Fault.Refused(503);
      case 6, 7 -> new Fault.Refused(429);
      case 8, 9, 10 -> changes ? new Fault.Refused(409) : new Fault.Refused(504);
      case 11, 12, 13 -> new Fault.DoneButRefused(500);
      case 14 -> new Fault.DoneButRefused(504);
      case 15 -> new Fault.Silence(Duration.ofSeconds(12));
      default -> new Fault.AnswerLost();
    };
  }

  private static String name(Fault fault) {
    return switch (fault) {
      case Fault.None none -> "none";
      case Fault.Refused(int code) -> "answered " + code;
      case Fault.DoneButRefused(int code) -> "done, answered " + code;
      case Fault.AnswerLost lost -> "answer lost";
      case Fault.Silence silence -> "silence";
      case Fault.Dropped dropped -> "watch dropped";
    };
  }
}
