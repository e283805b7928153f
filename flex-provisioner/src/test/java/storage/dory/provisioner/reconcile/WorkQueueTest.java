// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WorkQueueTest {
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1000);
  private final WorkQueue<String> queue = new WorkQueue<>(now::get);

  @Test
  void keyAddedTwiceIsWorkedOnOnce() {
    queue.add("a");
    queue.add("a");

    assertThat(queue.poll()).contains("a");
    queue.done("a");
    assertThat(queue.poll()).isEmpty();
  }

  @Test
  void keyAddedWhileWorkedOnComesBackAfterwardsAndNotBefore() {
    queue.add("a");
    assertThat(queue.poll()).contains("a");
    queue.add("a");

    assertThat(queue.poll()).isEmpty();
    queue.done("a");
    assertThat(queue.poll()).contains("a");
  }

  @Test
  void delayedKeyComesWhenItIsDueEvenWhenTheClockWraps() {
    queue.addAfter("a", Duration.ofMillis(5));

    assertThat(queue.poll()).isEmpty();
    now.addAndGet(Duration.ofMillis(5).toNanos());
    assertThat(queue.poll()).contains("a");
  }

  @Test
  void soonerOfTwoDelaysCounts() {
    queue.addAfter("a", Duration.ofSeconds(9));
    queue.addAfter("a", Duration.ofSeconds(1));
    queue.addAfter("a", Duration.ofSeconds(5));

    now.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(queue.poll()).contains("a");
    queue.done("a");
    now.addAndGet(Duration.ofSeconds(20).toNanos());
    assertThat(queue.poll()).isEmpty();
  }

  @Test
  void noKeyIsLostOrDoubledWhateverTheOrder() {
    for (long seed = 1; seed <= 300; seed++) {
      order(seed);
    }
  }

  @Test
  void severalThreadsNeverHaveTheSameKeyAndWorkOnAll() throws InterruptedException {
    WorkQueue<Integer> shared = new WorkQueue<>(System::nanoTime);
    AtomicInteger[] working = new AtomicInteger[20];
    for (int i = 0; i < working.length; i++) {
      working[i] = new AtomicInteger();
    }
    AtomicInteger clashes = new AtomicInteger();
    CountDownLatch seen = new CountDownLatch(2000);
    Workers<Integer> workers =
        new Workers<>(
            shared,
            key -> {
              if (working[key].incrementAndGet() != 1) {
                clashes.incrementAndGet();
              }
              working[key].decrementAndGet();
              seen.countDown();
              return Optional.of(Duration.ofNanos(1000));
            },
            new Backoff(Duration.ofMillis(1), Duration.ofMillis(2)),
            QueueWatch.NONE);
    try (workers) {
      workers.start("test", 8);
      for (int i = 0; i < working.length; i++) {
        shared.add(i);
      }
      assertThat(seen.await(20, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(clashes).hasValue(0);
  }

  @Test
  void keyWhoseWorkThrowsComesBack() throws InterruptedException {
    WorkQueue<String> shared = new WorkQueue<>(System::nanoTime);
    CountDownLatch tries = new CountDownLatch(3);
    Workers<String> workers =
        new Workers<>(
            shared,
            key -> {
              tries.countDown();
              if (tries.getCount() > 0) {
                throw new IllegalStateException("not yet");
              }
              return Optional.empty();
            },
            new Backoff(Duration.ofMillis(1), Duration.ofMillis(5)),
            QueueWatch.NONE);
    try (workers) {
      workers.start("test", 1);
      shared.add("a");
      assertThat(tries.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** Adds, takes and ends keys in a random order; every add must be followed by work. */
  private static void order(long seed) {
    Random random = new Random(seed);
    long start = random.nextLong();
    AtomicLong time = new AtomicLong(start);
    WorkQueue<Integer> queue = new WorkQueue<>(time::get);
    Set<Integer> owed = new HashSet<>();
    Map<Integer, Set<Long>> owedLater = new HashMap<>();
    Set<Integer> working = new HashSet<>();
    for (int step = 0; step < 400; step++) {
      int key = random.nextInt(8);
      switch (random.nextInt(5)) {
        case 0 -> {
          queue.add(key);
          owed.add(key);
        }
        case 1 -> {
          int delay = random.nextInt(1, 50);
          queue.addAfter(key, Duration.ofNanos(delay));
          promise(owedLater, key, time.get() - start, delay);
        }
        case 2 -> time.addAndGet(random.nextInt(40));
        case 3 ->
            working.stream()
                .findAny()
                .ifPresent(end -> {
                  working.remove(end);
                  queue.done(end);
                });
        default -> {
          Optional<Integer> taken = queue.poll();
          if (taken.isPresent()) {
            assertThat(working.add(taken.get())).as("seed %d: taken twice", seed).isTrue();
            paid(taken.get(), time.get() - start, owed, owedLater);
          }
        }
      }
    }
    working.forEach(queue::done);
    time.addAndGet(1000);
    for (Optional<Integer> key = queue.poll(); key.isPresent(); key = queue.poll()) {
      paid(key.get(), time.get() - start, owed, owedLater);
      queue.done(key.get());
    }
    assertThat(owed).as("seed %d: lost", seed).isEmpty();
    assertThat(owedLater).as("seed %d: lost", seed).isEmpty();
    assertThat(queue.depth()).as("seed %d", seed).isZero();
  }

  /** A time that lies ahead is replaced by a sooner one; one that has passed is owed beside it. */
  private static void promise(Map<Integer, Set<Long>> owedLater, int key, long now, int delay) {
    Set<Long> times = owedLater.computeIfAbsent(key, _ -> new HashSet<>());
    long due = now + delay;
    if (times.stream().noneMatch(time -> time > now && time <= due)) {
      times.removeIf(time -> time > now);
      times.add(due);
    }
  }

  private static void paid(
      int key, long now, Set<Integer> owed, Map<Integer, Set<Long>> owedLater) {
    owed.remove(key);
    Set<Long> times = owedLater.getOrDefault(key, new HashSet<>());
    times.removeIf(time -> time <= now);
    if (times.isEmpty()) {
      owedLater.remove(key);
    }
  }
}
