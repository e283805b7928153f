// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.faults;

import java.time.Duration;

/** What happens to one request. */
public sealed interface Fault {

  /** Nothing. */
  record None() implements Fault {}

  /** It is answered with an error and never reaches the API server. */
  record Refused(int code) implements Fault {}

  /** The API server does it, and the answer is an error. */
  record DoneButRefused(int code) implements Fault {}

  /** The API server does it, and the connection ends without an answer. */
  record AnswerLost() implements Fault {}

  /** It never reaches the API server, and nothing is said for so long. */
  record Silence(Duration span) implements Fault {}

  /** A watch that begins well and ends without a word. */
  record Dropped(Duration after) implements Fault {}
}
