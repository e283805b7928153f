// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Objects that are filed as fast as the API takes them, and when each was as wanted. It ends when
 * all are, or when nothing has happened for two minutes.
 */
final class Race<T extends HasMetadata> implements ResourceEventHandler<T> {
  private static final Duration STANDSTILL = Duration.ofMinutes(2);
  private static final int FILERS = 16;
  private static final long LOOK_MILLIS = 20;

  private final Predicate<T> there;
  private final Predicate<T> failed;
  private final Map<String, Long> filed = new ConcurrentHashMap<>();
  private final Map<String, Long> arrived = new ConcurrentHashMap<>();
  private final Map<String, String> refused = new ConcurrentHashMap<>();

  /**
   * @param there what an object is when it is as wanted
   * @param failed what it is when it never will be
   */
  Race(Predicate<T> there, Predicate<T> failed) {
    this.there = there;
    this.failed = failed;
  }

  /**
   * How it ended.
   *
   * @param began by {@link System#nanoTime()}
   * @param arrivals those that were as wanted, the first first
   */
  record Outcome(long began, List<Arrival> arrivals, List<String> failures) {
    Outcome {
      arrivals = arrivals.stream().sorted(Comparator.comparing(Arrival::there)).toList();
      failures = List.copyOf(failures);
    }

    /** How long each took. */
    List<Duration> times() {
      return arrivals.stream().map(one -> one.there.minus(one.filed)).toList();
    }

    /** From the beginning to the last that was as wanted. */
    Duration elapsed() {
      return arrivals.isEmpty() ? Duration.ZERO : arrivals.getLast().there;
    }

    /**
     * The same objects, with another moment of theirs than when they were as wanted.
     *
     * @param moments by name, by {@link System#nanoTime()}; those without one are left out
     */
    Outcome until(Map<String, Long> moments) {
      List<Arrival> others = new ArrayList<>();
      for (Arrival one : arrivals) {
        Long moment = moments.get(one.name);
        if (moment != null) {
          others.add(new Arrival(one.name, one.filed, Duration.ofNanos(moment - began)));
        }
      }
      return new Outcome(began, others, List.of());
    }
  }

  /** One that was as wanted. Both times count from the beginning of the race. */
  record Arrival(String name, Duration filed, Duration there) {}

  /** Files all; this must be told of changes meanwhile. */
  Outcome run(List<T> objects, Consumer<T> create, String what, Progress progress)
      throws InterruptedException {
    long began = System.nanoTime();
    ExecutorService filers = Executors.newFixedThreadPool(FILERS);
    try {
      objects.forEach(object -> filers.execute(() -> file(object, create)));
      int before = 0;
      long changed = began;
      while (arrived.size() + refused.size() < objects.size()
          && System.nanoTime() - changed < STANDSTILL.toNanos()) {
        Thread.sleep(LOOK_MILLIS);
        if (arrived.size() > before) {
          before = arrived.size();
          changed = System.nanoTime();
          progress.reached(what, before, objects.size());
        }
      }
    } finally {
      filers.shutdownNow();
    }
    return outcome(objects, began);
  }

  @Override
  public void onAdd(T object) {
    seen(object);
  }

  @Override
  public void onUpdate(T before, T after) {
    seen(after);
  }

  @Override
  public void onDelete(T object, boolean unknown) {
    // its time has been taken, or it counts as a failure
  }

  private void file(T object, Consumer<T> create) {
    String name = object.getMetadata().getName();
    filed.put(name, System.nanoTime());
    try {
      create.accept(object);
    } catch (KubernetesClientException e) {
      refused.put(name, String.valueOf(e.getMessage()));
    }
  }

  private void seen(T object) {
    if (there.test(object)) {
      arrived.putIfAbsent(object.getMetadata().getName(), System.nanoTime());
    } else if (failed.test(object)) {
      refused.putIfAbsent(object.getMetadata().getName(), "failed");
    }
  }

  private Outcome outcome(List<T> objects, long began) {
    List<Arrival> arrivals = new ArrayList<>();
    List<String> failures = new ArrayList<>();
    for (T object : objects) {
      String name = object.getMetadata().getName();
      Long start = filed.get(name);
      Long end = arrived.get(name);
      if (start != null && end != null) {
        arrivals.add(
            new Arrival(name, Duration.ofNanos(start - began), Duration.ofNanos(end - began)));
      } else {
        failures.add(
            object.getKind()
                + " "
                + name
                + ": "
                + refused.getOrDefault(
                    name, "not there, and nothing happened for " + STANDSTILL.toSeconds() + " s"));
      }
    }
    return new Outcome(began, arrivals, failures);
  }
}
