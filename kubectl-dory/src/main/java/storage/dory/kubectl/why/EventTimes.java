// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.why;

import io.fabric8.kubernetes.api.model.Event;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** When something was said. */
record EventTimes(List<Event> events) {
  EventTimes {
    events = List.copyOf(events);
  }

  /** When it was first said with that reason. */
  Optional<Instant> first(String reason) {
    return events.stream()
        .filter(event -> reason.equals(event.getReason()))
        .map(EventTimes::began)
        .flatMap(Optional::stream)
        .min(Comparator.naturalOrder());
  }

  /** The newest with that type or reason. */
  Optional<Event> last(String typeOrReason) {
    return events.stream()
        .filter(
            event -> typeOrReason.equals(event.getReason()) || typeOrReason.equals(event.getType()))
        .max(Comparator.comparing(event -> ended(event).orElse(Instant.MIN)));
  }

  /** Those on one object. */
  EventTimes on(String name) {
    return new EventTimes(
        events.stream()
            .filter(event ->
                event.getInvolvedObject() != null
                    && name.equals(event.getInvolvedObject().getName()))
            .toList());
  }

  private static Optional<Instant> began(Event event) {
    return time(event.getEventTime() == null ? null : event.getEventTime().getTime())
        .or(() -> time(event.getFirstTimestamp()))
        .or(() -> time(event.getLastTimestamp()));
  }

  private static Optional<Instant> ended(Event event) {
    return time(event.getLastTimestamp()).or(() -> began(event));
  }

  /** A time as the API server writes it; empty when there is none. */
  static Optional<Instant> time(@org.jspecify.annotations.Nullable String text) {
    try {
      return text == null || text.isEmpty()
          ? Optional.empty()
          : Optional.of(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
