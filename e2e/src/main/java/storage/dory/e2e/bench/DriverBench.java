// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import storage.dory.e2e.node.MountTable;
import storage.dory.e2e.process.Command;
import storage.dory.plugin.MountId;
import storage.dory.plugin.Reply;
import storage.dory.plugin.VolumeName;

/** Calls drivers as kubelet does and measures each call. */
final class DriverBench {
  /** Label of calls that were made of the plugin itself, with no driver between. */
  static final String PLUGIN = "plugin";

  private static final int MOST_WARM_UP = 20;
  private static final Duration DIRECT_CALL = Duration.ofSeconds(60);
  private static final Duration SLOW_CALLS = Duration.ofSeconds(20);

  /** An executable with its place in the table. */
  record Driver(String label, Path path) {}

  /** One call that is to be made: of which executable, with kubelet's arguments. */
  private record Order(Driver driver, List<String> arguments) {}

  /** A volume that is to be at a target. */
  private record Mount(Driver driver, Path target, List<String> arguments) {
    Order order() {
      return new Order(driver, arguments);
    }
  }

  private final DriverStage stage;
  private final List<Driver> drivers;
  private final List<Starter> starters;
  private final List<VolumeName> volumes;
  private final int count;
  private final Progress progress;
  private final List<String> others = new ArrayList<>();
  private final Map<String, Series> series = new LinkedHashMap<>();

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
        cycle(threads, i);
      }
      series.values().forEach(one -> requireGood(one));
      series.clear();
      for (int i = 0; i < count; i++) {
        for (Driver driver : drivers) {
          together(threads, "init", 1, List.of(new Order(driver, List.of("init"))));
        }
      }
      for (int i = 0; i < count; i++) {
        cycle(threads, i);
        progress.reached("mount and unmount, one at a time:", i + 1, count);
      }
    }
  }

  /** Mounts and unmounts as many volumes together. */
  void runTogether(int atATime, int waves, List<Driver> by)
      throws IOException, InterruptedException {
    List<Driver> able = new ArrayList<>(by);
    try (ExecutorService threads = Executors.newFixedThreadPool(atATime)) {
      for (int i = 0; i < waves; i++) {
        for (Driver driver : List.copyOf(able)) {
          if (!once(threads, driver, atATime, 0)) {
            able.remove(driver);
          }
        }
        progress.reached("mount and unmount, " + atATime + " at a time, wave", i + 1, waves);
      }
    }
  }

  /** First mounts of volumes that do not exist; a slow executable is called less often. */
  void runWithNewVolumes(int most, String names) throws IOException, InterruptedException {
    try (ExecutorService threads = Executors.newFixedThreadPool(1)) {
      for (Driver driver : drivers) {
        long end = System.nanoTime() + SLOW_CALLS.toNanos();
        for (int i = 0; i < most && (i < 2 || System.nanoTime() - end < 0); i++) {
          VolumeName volume =
              stage.removedAtTheEnd(new VolumeName(names + "-" + driver.label() + "-" + i));
          Mount mount = mountOf(driver, volume, stage.optionsOf(volume));
          together(threads, "mount, new volume", 1, List.of(mount.order()));
          checkMounted(driver, List.of(mount.target()));
          starters.getFirst().run(words(unmountOf(mount)));
          forget(mount.target());
        }
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
    return new DriverReport(List.copyOf(series.values()), others);
  }

  /** Mounts and unmounts one volume through each executable, then with none between. */
  private void cycle(ExecutorService threads, int volume) throws IOException, InterruptedException {
    for (Driver driver : drivers) {
      once(threads, driver, 1, volume);
    }
    VolumeName name = volumes.get(volume % volumes.size());
    MountId id = new MountId("dory-bench-" + UUID.randomUUID());
    direct("mount", () -> stage.plugin().mount(name, id, DIRECT_CALL));
    direct("unmount", () -> stage.plugin().unmount(name, id, DIRECT_CALL));
  }

  /** What a driver's call takes of the plugin, which no driver can spare. */
  private void direct(String verb, Supplier<Reply<?>> asking) {
    long began = System.nanoTime();
    Reply<?> reply = asking.get();
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    String output = reply instanceof Reply.Done<?> ? "{\"status\":\"Success\"}" : reply.toString();
    series
        .computeIfAbsent(PLUGIN + " " + verb, _ -> new Series(PLUGIN, new Series.Kind(verb, 1)))
        .add(List.of(new Call(took, Duration.ZERO, 0, 0, output)), took);
  }

  /**
   * Mounts and unmounts so many volumes at the same time.
   *
   * @return false when the plugin bore it no longer and had to be started again
   */
  private boolean once(ExecutorService threads, Driver driver, int atATime, int firstVolume)
      throws IOException, InterruptedException {
    List<Mount> mounts = new ArrayList<>();
    for (int i = 0; i < atATime; i++) {
      mounts.add(mountOf(driver, volumes.get((firstVolume + i) % volumes.size()), Map.of()));
    }
    List<Path> targets = mounts.stream().map(Mount::target).toList();
    together(threads, "mount", atATime, mounts.stream().map(Mount::order).toList());
    boolean bearing = atATime == 1 || bears(driver, "mounts", atATime);
    if (bearing) {
      checkMounted(driver, targets);
      together(threads, "unmount", atATime, mounts.stream().map(DriverBench::unmountOf).toList());
      bearing = atATime == 1 || bears(driver, "unmounts", atATime);
    }
    for (Path target : targets) {
      forget(target);
    }
    return bearing;
  }

  /** Some plugins lock themselves up when they are called many times at once. */
  private boolean bears(Driver driver, String what, int atATime)
      throws IOException, InterruptedException {
    if (stage.pluginAnswers()) {
      return true;
    }
    others.add(
        driver.label()
            + " "
            + atATime
            + " "
            + what
            + " at a time: the plugin answers nobody any more"
            + (stage.ownsPlugin() ? "; it was killed and started again" : ""));
    if (!stage.ownsPlugin()) {
      throw new BenchFailed(others.getLast());
    }
    stage.startPlugin();
    return false;
  }

  private Mount mountOf(Driver driver, VolumeName volume, Map<String, String> options)
      throws IOException {
    String pod = UUID.randomUUID().toString();
    Path target = stage.target(pod, volume);
    Files.createDirectories(target);
    return new Mount(
        driver,
        target,
        List.of("mount", target.toString(), FlexVolumeOptions.of(pod, volume, options)));
  }

  private static Order unmountOf(Mount mount) {
    return new Order(mount.driver(), List.of("unmount", mount.target().toString()));
  }

  /** As kubelet does; where a driver left something, it goes all the same. */
  private static void forget(Path target) throws IOException {
    if (MountTable.current().isMountPoint(target)) {
      Command.of("umount", "-l", target.toString()).run(Duration.ofSeconds(10));
    }
    Files.deleteIfExists(target);
  }

  private void together(ExecutorService threads, String verb, int atATime, List<Order> orders)
      throws IOException, InterruptedException {
    List<Callable<Call>> tasks = new ArrayList<>();
    for (int i = 0; i < orders.size(); i++) {
      Starter starter = starters.get(i);
      List<String> words = words(orders.get(i));
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
        .forEach(others::add);
  }

  private static List<String> words(Order order) {
    List<String> words = new ArrayList<>();
    words.add(order.driver().path().toString());
    words.addAll(order.arguments());
    return words;
  }

  private static void requireGood(Series one) {
    Optional<String> failure = one.failures().stream().findFirst();
    if (failure.isPresent()) {
      throw new BenchFailed("a call before the measuring failed: " + failure.get());
    }
  }
}
