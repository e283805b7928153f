// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.time.Duration;
import java.util.ArrayList;
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
   * @param elapsed from the first that was filed to the last that was as wanted
   */
  record Outcome(List<Duration> times, Duration elapsed, List<String> failures) {
    Outcome {
      times = List.copyOf(times);
      failures = List.copyOf(failures);
    }
  }

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
    List<Duration> times = new ArrayList<>();
    List<String> failures = new ArrayList<>();
    long last = began;
    for (T object : objects) {
      String name = object.getMetadata().getName();
      Long start = filed.get(name);
      Long end = arrived.get(name);
      if (start != null && end != null) {
        times.add(Duration.ofNanos(end - start));
        last = Math.max(last, end);
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
    return new Outcome(times, Duration.ofNanos(last - began), failures);
  }
}
