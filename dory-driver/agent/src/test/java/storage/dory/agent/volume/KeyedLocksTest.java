// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class KeyedLocksTest {
  private final KeyedLocks<String> locks = new KeyedLocks<>();

  @Test
  void workForOneKeyRunsOneAfterTheOther() throws Exception {
    int[] unguarded = {0};
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    try (var threads = Executors.newFixedThreadPool(8)) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        all.add(
            threads.submit(() -> {
              for (int n = 0; n < 1000; n++) {
                locks.holding(
                    "k",
                    Duration.ofSeconds(20),
                    () -> {
                      most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                      Thread.onSpinWait();
                      inside.decrementAndGet();
                      return unguarded[0]++;
                    });
              }
            }));
      }
      for (Future<?> each : all) {
        each.get();
      }
    }

    assertThat(most).hasValue(1);
    assertThat(unguarded[0]).isEqualTo(8000);
    assertThat(locks.size()).isZero();
  }

  @Test
  void workIsNotDoneWhenTheLockIsNotFreeInTime() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch enough = new CountDownLatch(1);
    Thread holder =
        Thread.ofPlatform()
            .start(() ->
                locks.holding(
                    "k",
                    Duration.ZERO,
                    () -> {
                      held.countDown();
                      try {
                        enough.await();
                      } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                      }
                      return true;
                    }));
    held.await();

    assertThat(locks.holding("k", Duration.ofMillis(20), () -> "done")).isEmpty();
    assertThat(locks.holding("other", Duration.ZERO, () -> "done")).contains("done");
    enough.countDown();
    holder.join();
    assertThat(locks.holding("k", Duration.ZERO, () -> "done")).contains("done");
    assertThat(locks.size()).isZero();
  }

  @Test
  void lockIsGivenBackWhenTheWorkFails() {
    assertThatIllegalStateException()
        .isThrownBy(() ->
            locks.holding(
                "k",
                Duration.ZERO,
                () -> {
                  throw new IllegalStateException("broken");
                }));

    assertThat(locks.size()).isZero();
  }

  @Test
  void holderMayEnterAgain() {
    Optional<Optional<String>> inner =
        locks.holding("k", Duration.ZERO, () -> locks.holding("k", Duration.ZERO, () -> "inside"));

    assertThat(inner).contains(Optional.of("inside"));
    assertThat(locks.size()).isZero();
  }
}
