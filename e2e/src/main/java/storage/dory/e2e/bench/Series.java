// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Calls of one verb through one executable, in one way of calling. Not safe for threads. */
final class Series {
  /** What tells a series from others; the ratio compares series of the same kind. */
  record Kind(String verb, int atATime) {}

  private final String executable;
  private final Kind kind;
  private final List<Call> calls = new ArrayList<>();
  private Duration elapsed = Duration.ZERO;

  Series(String executable, Kind kind) {
    this.executable = executable;
    this.kind = kind;
  }

  /** Calls that were made together, and how long all of them took. */
  void add(List<Call> made, Duration took) {
    calls.addAll(made);
    elapsed = elapsed.plus(took);
  }

  String executable() {
    return executable;
  }

  Kind kind() {
    return kind;
  }

  int count() {
    return calls.size();
  }

  Distribution wall() {
    return new Distribution(calls.stream().map(Call::wall).toList());
  }

  /** Calls a second, over the time in which calls were made. */
  double rate() {
    return elapsed.isZero() ? 0 : calls.size() / (elapsed.toNanos() / 1e9);
  }

  /** Mean processor time of a call's process. */
  Duration processor() {
    return calls.stream()
        .map(Call::processor)
        .reduce(Duration.ZERO, Duration::plus)
        .dividedBy(Math.max(1, calls.size()));
  }

  /** The largest resident set of all processes, in bytes. */
  long peak() {
    return calls.stream().mapToLong(Call::peak).max().orElse(0);
  }

  List<String> failures() {
    return calls.stream()
        .flatMap(call -> call.failure().stream())
        .map(why -> executable + " " + kind.verb() + ": " + why)
        .toList();
  }
}
