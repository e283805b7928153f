// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.why;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** How far a stage is. */
sealed interface Span {

  /** Over; a time that nobody recorded is empty. */
  record Over(Optional<Instant> began, Optional<Instant> ended) implements Span {}

  /** The claim stands in it. */
  record Here(Optional<Instant> began) implements Span {}

  /** Not begun. */
  record Ahead() implements Span {}

  /** When it began, where that is known. */
  default Optional<Instant> start() {
    return switch (this) {
      case Over(Optional<Instant> began, Optional<Instant> ended) -> began;
      case Here(Optional<Instant> began) -> began;
      case Ahead ahead -> Optional.empty();
    };
  }

  /** How long it took, or has taken until now. */
  default Optional<Duration> taken(Instant now) {
    return switch (this) {
      case Over(Optional<Instant> began, Optional<Instant> ended) ->
          began.flatMap(from ->
              ended.map(to -> to.isBefore(from) ? Duration.ZERO : Duration.between(from, to)));
      case Here(Optional<Instant> began) -> began.map(from -> Duration.between(from, now));
      case Ahead ahead -> Optional.empty();
    };
  }
}
