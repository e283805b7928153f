// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import storage.dory.e2e.node.MountTable;
import storage.dory.plugin.VolumeName;

/** Calls drivers as kubelet does and measures each call. */
final class DriverBench {
  private static final int MOST_WARM_UP = 20;
  private static final Duration SLOW_CALLS = Duration.ofSeconds(20);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** An executable with its place in the table. */
  record Driver(String label, Path path) {}

  /** One call that is to be made: of which executable, with kubelet's arguments. */
  private record Order(Driver driver, List<String> arguments) {}

  private final DriverStage stage;
  private final List<Driver> drivers;
  private final List<Starter> starters;
  private final List<VolumeName> volumes;
  private final int count;
  private final Progress progress;
  private final List<String> notMounted = new ArrayList<>();
  private final Map<String, Series> series = new java.util.LinkedHashMap<>();

  /**
   * @param drivers called in turn; the first is ours
   * @param starters one for each call that is made at a time
   * @param volumes as many as starters
   * @param count calls of each verb in each way, at least
   */
  DriverBench(
      DriverStage stage,
      List<Driver> drivers,
      List<Starter> starters,
      List<VolumeName> volumes,
      int count,
      Progress progress) {
    this.stage = stage;
    this.drivers = List.copyOf(drivers);
    this.starters = List.copyOf(starters);
    this.volumes = List.copyOf(volumes);
    this.count = count;
    this.progress = progress;
  }

  /** Cycles before the measuring. */
  static int warmUp(int count) {
    return Math.min(MOST_WARM_UP, count);
  }

  /** All calls with agent and plugin there. */
  void run() throws IOException, InterruptedException {
    try (ExecutorService threads = Executors.newFixedThreadPool(starters.size())) {
      for (int i = 0; i < warmUp(count); i++) {
        cycle(threads, 1, i);
      }
      series.values().forEach(one -> requireGood(one));
      series.clear();
      for (int i = 0; i < count; i++) {
        for (Driver driver : drivers) {
          together(threads, "init", 1, List.of(new Order(driver, List.of("init"))));
        }
      }
      for (int i = 0; i < count; i++) {
        cycle(threads, 1, i);
        progress.reached("mount and unmount, one at a time:", i + 1, count);
      }
      int waves = starters.size() == 1 ? 0 : (count + starters.size() - 1) / starters.size();
      for (int i = 0; i < waves; i++) {
        cycle(threads, starters.size(), 0);
        progress.reached(
            "mount and unmount, " + starters.size() + " at a time, wave", i + 1, waves);
      }
    }
  }

  /** {@code init} when nobody answers; a slow executable is called less often. */
  void runWithoutAgent(String verb) throws IOException, InterruptedException {
    try (ExecutorService threads = Executors.newFixedThreadPool(1)) {
      for (Driver driver : drivers) {
        long end = System.nanoTime() + SLOW_CALLS.toNanos();
        for (int i = 0; i < count && (i < 2 || System.nanoTime() - end < 0); i++) {
          together(threads, verb, 1, List.of(new Order(driver, List.of("init"))));
        }
      }
    }
  }

  DriverReport report() {
    return new DriverReport(List.copyOf(series.values()), notMounted);
  }

  /** Mounts and unmounts once through each executable, so many volumes at the same time. */
  private void cycle(ExecutorService threads, int atATime, int firstVolume)
      throws IOException, InterruptedException {
    for (Driver driver : drivers) {
      List<Path> targets = new ArrayList<>();
      List<Order> mounts = new ArrayList<>();
      List<Order> unmounts = new ArrayList<>();
      for (int i = 0; i < atATime; i++) {
        VolumeName volume = volumes.get((firstVolume + i) % volumes.size());
        String pod = UUID.randomUUID().toString();
        Path target = stage.target(pod, volume);
        Files.createDirectories(target);
        targets.add(target);
        mounts.add(
            new Order(driver, List.of("mount", target.toString(), kubeletsJson(pod, volume))));
        unmounts.add(new Order(driver, List.of("unmount", target.toString())));
      }
      together(threads, "mount", atATime, mounts);
      checkMounted(driver, targets);
      together(threads, "unmount", atATime, unmounts);
      for (Path target : targets) {
        if (!MountTable.current().isMountPoint(target)) {
          Files.deleteIfExists(target); // as kubelet does
        }
      }
    }
  }

  private void together(ExecutorService threads, String verb, int atATime, List<Order> orders)
      throws IOException, InterruptedException {
    List<Callable<Call>> tasks = new ArrayList<>();
    for (int i = 0; i < orders.size(); i++) {
      Starter starter = starters.get(i);
      List<String> words = new ArrayList<>();
      words.add(orders.get(i).driver().path().toString());
      words.addAll(orders.get(i).arguments());
      tasks.add(() -> starter.run(words));
    }
    long began = System.nanoTime();
    List<Call> calls = new ArrayList<>();
    for (Future<Call> done : threads.invokeAll(tasks)) {
      try {
        calls.add(done.get());
      } catch (ExecutionException e) {
        throw new IOException("a starter failed: " + e.getCause(), e);
      }
    }
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    Driver driver = orders.getFirst().driver();
    series
        .computeIfAbsent(
            driver.label() + " " + verb + " " + atATime,
            _ -> new Series(driver.label(), new Series.Kind(verb, atATime)))
        .add(calls, took);
  }

  /** A call that says Success and has not mounted is worse than one that failed. */
  private void checkMounted(Driver driver, List<Path> targets) {
    MountTable mounts = MountTable.current();
    targets.stream()
        .filter(target -> !mounts.isMountPoint(target))
        .map(target -> driver.label() + " mount: nothing is mounted at " + target)
        .forEach(notMounted::add);
  }

  private static void requireGood(Series one) {
    Optional<String> failure = one.failures().stream().findFirst();
    if (failure.isPresent()) {
      throw new BenchFailed("a call before the measuring failed: " + failure.get());
    }
  }

  private static String kubeletsJson(String pod, VolumeName volume) {
    Map<String, String> options =
        new TreeMap<>(
            Map.of(
                "kubernetes.io/fsType", "",
                "kubernetes.io/pod.name", "bench",
                "kubernetes.io/pod.namespace", "default",
                "kubernetes.io/pod.uid", pod,
                "kubernetes.io/pvOrVolumeName", volume.value(),
                "kubernetes.io/readwrite", "rw",
                "kubernetes.io/serviceAccount.name", "default",
                "name", volume.value()));
    try {
      return JSON.writeValueAsString(options);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("strings can be written", e);
    }
  }
}
