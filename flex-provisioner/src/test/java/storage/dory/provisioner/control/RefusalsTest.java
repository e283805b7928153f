// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.control;

import static org.assertj.core.api.Assertions.assertThat;
import static storage.dory.provisioner.fakes.Samples.START;
import static storage.dory.provisioner.fakes.Samples.definition;
import static storage.dory.provisioner.fakes.Samples.order;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import storage.dory.provisioner.fakes.Samples;
import storage.dory.provisioner.podrun.Action;
import storage.dory.provisioner.podrun.Order;
import storage.dory.provisioner.reconcile.Backoff;

class RefusalsTest {
  private final Refusals refusals =
      new Refusals(new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5)));
  private final Order order =
      order(Action.PROVISION, 1, definition(Map.of("provisioner.attempts", "3")));

  @Test
  void refusalsCountAsAttemptsWithGrowingPausesAndAreBounded() {
    assertThat(refusals.pause(order, START)).isEmpty();

    assertThat(refusals.refused(order, START)).startsWith("attempt 1 of 3; tried again after 1 s");
    Duration first = refusals.pause(order, START).orElseThrow();
    assertThat(refusals.pause(order, START.plus(first))).isEmpty();
    assertThat(refusals.refused(order, START)).startsWith("attempt 2 of 3; tried again after");
    assertThat(refusals.pause(order, START).orElseThrow()).isGreaterThan(first);
    assertThat(refusals.refused(order, START))
        .isEqualTo(
            "attempt 3 of 3; tried again in an hour, or when claim, class or ConfigMap change");
    assertThat(refusals.pause(order, START)).contains(Duration.ofHours(1));
  }

  @Test
  void anotherClaimAnotherActionAndChangedInputsAreNotHeldUp() {
    refusals.refused(order, START);

    assertThat(refusals.pause(changed(order), START)).isEmpty();
    assertThat(refusals.pause(order(Action.DELETE, 1, order.definition()), START)).isEmpty();
    assertThat(refusals.refused(changed(order), START)).startsWith("attempt 1 of 3");
  }

  @Test
  void deletionIsNeverGivenUp() {
    Order delete = order(Action.DELETE, 1, order.definition());
    Instant now = START;
    for (int i = 0; i < 20; i++) {
      assertThat(refusals.refused(delete, now)).startsWith("tried again after");
      now = now.plus(refusals.pause(delete, now).orElseThrow());
    }
    assertThat(refusals.pause(delete, now)).isEmpty();
  }

  @Test
  void podThatIsMadeAfterAllBeginsAnew() {
    refusals.refused(order, START);
    refusals.over(order);
    assertThat(refusals.pause(order, START)).isEmpty();

    refusals.refused(order, START);
    refusals.forget(Samples.UID);
    assertThat(refusals.refused(order, START)).startsWith("attempt 1 of 3");
  }

  private static Order changed(Order order) {
    return new Order(
        order.action(),
        order.attempt(),
        order.since(),
        order.claim(),
        order.wish(),
        order.reclaimPolicy(),
        order.whereabouts(),
        "other inputs",
        order.asked(),
        order.earlierRan(),
        order.definition());
  }
}
