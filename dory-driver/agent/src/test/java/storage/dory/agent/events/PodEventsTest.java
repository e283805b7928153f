// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class PodEventsTest {
  private final List<String> posted = Collections.synchronizedList(new ArrayList<>());
  private final List<Integer> pauses = Collections.synchronizedList(new ArrayList<>());

  @Test
  void failedTryIsRepeatedWithPausesAndTheOrderIsKept() {
    List<String> failing = Collections.synchronizedList(new ArrayList<>(List.of("x", "x")));
    try (PodEvents events =
        new PodEvents(
            (event, number) -> {
              if (!failing.isEmpty()) {
                failing.removeLast();
                throw new IOException("away");
              }
              posted.add(event.reason());
              return Optional.empty();
            },
            pauses::add)) {
      events.start();
      events.post(event("First"));
      events.post(event("Second"));

      Awaitility.await().untilAsserted(() -> assertThat(posted).containsExactly("First", "Second"));
      assertThat(pauses).containsExactly(0, 1, 2, 0);
    }
  }

  @Test
  void refusedOneIsNotTriedAgain() {
    try (PodEvents events =
        new PodEvents(
            (event, number) -> {
              posted.add(event.reason());
              return Optional.of("403");
            },
            pauses::add)) {
      events.start();
      events.post(event("Refused"));
      events.post(event("Next"));

      Awaitility.await().untilAsserted(() -> assertThat(posted).containsExactly("Refused", "Next"));
    }
  }

  @Test
  void fullQueueDropsAndNeverBlocks() throws Exception {
    CountDownLatch stuck = new CountDownLatch(1);
    try (PodEvents events =
        new PodEvents(
            (event, number) -> {
              posted.add(event.reason());
              return Optional.empty();
            },
            tried -> stuck.await())) {
      events.start();
      for (int i = 0; i < 1000; i++) {
        events.post(event("E" + i));
      }
      stuck.countDown();

      Awaitility.await().until(() -> posted.size() >= 256);
      assertThat(posted).hasSizeLessThanOrEqualTo(257).startsWith("E0", "E1");
    }
  }

  private static PodEvent event(String reason) {
    return new PodEvent("team", "pod", "uid", true, reason, "words", Instant.EPOCH);
  }
}
