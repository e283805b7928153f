// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.control;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import storage.dory.provisioner.podrun.Action;
import storage.dory.provisioner.podrun.Order;
import storage.dory.provisioner.reconcile.Backoff;
import storage.dory.provisioner.volume.ClaimUid;

/**
 * Pods that could not even be made: each counts as an attempt of its request, with the request's
 * own back-off. A deletion is tried for ever. No object stands for such an attempt, so that a
 * restart counts anew. Safe for use by several threads.
 */
final class Refusals {
  /** Between tries when all attempts are used up: nobody says when a quota has room again. */
  private static final Duration SELDOM = Duration.ofHours(1);

  private final Backoff backoff;
  private final Map<Key, Refusal> known = new ConcurrentHashMap<>();

  Refusals(Backoff backoff) {
    this.backoff = backoff;
  }

  private record Key(ClaimUid claim, Action action) {}

  private record Refusal(String inputs, int times, Instant due) {}

  /** How long an order has to wait because of earlier refusals; empty when it need not. */
  Optional<Duration> pause(Order order, Instant now) {
    return Optional.ofNullable(known.get(key(order)))
        .filter(refusal -> refusal.inputs.equals(order.inputs()))
        .map(refusal -> Duration.between(now, refusal.due))
        .filter(Duration::isPositive);
  }

  /** Takes in one more refusal and says what follows, in words for whoever waits. */
  String refused(Order order, Instant now) {
    int times =
        1
            + Optional.ofNullable(known.get(key(order)))
                .filter(before -> before.inputs.equals(order.inputs()))
                .map(Refusal::times)
                .orElse(0);
    int most = order.definition().attempts();
    if (order.action() != Action.DELETE && times >= most) {
      known.put(key(order), new Refusal(order.inputs(), times, now.plus(SELDOM)));
      return "attempt "
          + times
          + " of "
          + most
          + "; tried again in an hour, or when claim, class or ConfigMap change";
    }
    Duration delay = backoff.after(order.claim().uid() + "/refused", times);
    known.put(key(order), new Refusal(order.inputs(), times, now.plus(delay)));
    String counted =
        order.action() == Action.DELETE ? "" : "attempt " + times + " of " + most + "; ";
    return counted + "tried again after " + Math.max(1, delay.toSeconds()) + " s";
  }

  /** It was made. */
  void over(Order order) {
    known.remove(key(order));
  }

  /** Nothing is left of the request. */
  void forget(ClaimUid claim) {
    for (Action action : Action.values()) {
      known.remove(new Key(claim, action));
    }
  }

  private static Key key(Order order) {
    return new Key(order.claim().uid(), order.action());
  }
}
