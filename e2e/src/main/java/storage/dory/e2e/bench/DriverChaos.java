// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import storage.dory.e2e.bench.ChaosPlan.Kill;
import storage.dory.e2e.bench.ChaosPlan.Victim;
import storage.dory.e2e.bench.ChaosTally.Fault;
import storage.dory.e2e.process.Checkout;
import storage.dory.plugin.MountId;
import storage.dory.plugin.Reply;
import storage.dory.plugin.VolumeName;

/**
 * Mounts and unmounts while the agent and the plugin are killed at random, and compares in the end
 * what is mounted, recorded and held by the plugin with what should be: nothing.
 *
 * @param calls mounts and unmounts that have to succeed
 * @param seed of what is killed when, and of what the pods do
 */
record DriverChaos(Checkout checkout, Path work, PluginUnderTest kind, int calls, long seed) {
  private static final int PODS_AT_A_TIME = 8;
  private static final int VOLUMES = 6;
  private static final Duration CALL = Duration.ofSeconds(20);
  private static final long LONGEST_QUIET_MS = 20_000;

  /** A plugin cut off within a Mount is told to unmount for five minutes more. */
  private static final Duration SETTLING = Duration.ofMinutes(6);

  /** Runs and prints; whether nothing that must not happen has happened. */
  boolean run(PrintStream out, Progress progress) throws IOException, InterruptedException {
    ChaosTally tally = new ChaosTally();
    Map<Victim, Integer> kills = new EnumMap<>(Victim.class);
    out.printf("driver chaos: %s, seed %d%n", kind.words(), seed);
    try (DriverStage stage = new DriverStage(checkout, work, kind)) {
      progress.part("starting the agent and " + kind.words());
      stage.start();
      if (!stage.ownsPlugin()) {
        throw new BenchFailed("a plugin that runs already cannot be killed and started again");
      }
      List<VolumeName> volumes = volumes(stage);
      storm(stage, volumes, tally, kills, progress);
      settle(stage, tally, progress);
      compare(stage, tally);
    }
    out.printf(
        "killed: agent %d, plugin %d, both at once %d%n",
        kills.getOrDefault(Victim.AGENT, 0),
        kills.getOrDefault(Victim.PLUGIN, 0),
        kills.getOrDefault(Victim.BOTH, 0));
    tally.lines().forEach(out::println);
    out.printf("seed %d%n%n", seed);
    return tally.clean();
  }

  /** Each with its name in it. */
  private static List<VolumeName> volumes(DriverStage stage) throws IOException {
    List<VolumeName> volumes = new ArrayList<>();
    for (int i = 0; i < VOLUMES; i++) {
      VolumeName volume = stage.createVolume("dory-chaos-" + i);
      MountId id = new MountId("marker");
      if (!(stage.plugin().mount(volume, id, CALL) instanceof Reply.Done<Path>(Path at))) {
        throw new BenchFailed("the plugin does not mount " + volume.value());
      }
      Files.writeString(at.resolve(DriverChaosPods.MARKER), volume.value());
      stage.plugin().unmount(volume, id, CALL);
      volumes.add(volume);
    }
    return volumes;
  }

  private void storm(
      DriverStage stage,
      List<VolumeName> volumes,
      ChaosTally tally,
      Map<Victim, Integer> kills,
      Progress progress)
      throws IOException, InterruptedException {
    List<Starter> starters = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(PODS_AT_A_TIME)) {
      List<Future<Void>> workers = new ArrayList<>();
      for (int i = 0; i < PODS_AT_A_TIME; i++) {
        Starter starter = stage.starter();
        starters.add(starter);
        DriverChaosPods pods =
            new DriverChaosPods(stage, starter, volumes, new Random(seed * 31 + i), tally);
        Callable<Void> work =
            () -> {
              while (tally.succeeded() < calls) {
                pods.one();
                progress.reached("mounts and unmounts:", Math.min(calls, tally.succeeded()), calls);
              }
              return null;
            };
        workers.add(threads.submit(work));
      }
      ChaosPlan plan = new ChaosPlan(seed);
      while (!workers.stream().allMatch(Future::isDone)) {
        Kill kill = plan.next();
        tally.awaitCalls(kill.afterCalls(), LONGEST_QUIET_MS);
        if (tally.succeeded() < calls) {
          carryOut(kill, stage);
          kills.merge(kill.victim(), 1, Integer::sum);
        }
      }
      for (Future<Void> worker : workers) {
        worker.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("a pod's thread failed: " + e.getCause(), e);
    } finally {
      starters.forEach(Starter::close);
    }
  }

  private static void carryOut(Kill kill, DriverStage stage)
      throws IOException, InterruptedException {
    Thread.sleep(kill.delay());
    boolean agent = kill.victim() != Victim.PLUGIN;
    boolean plugin = kill.victim() != Victim.AGENT;
    if (agent) {
      stage.killAgent();
    }
    if (plugin) {
      stage.killPlugin();
    }
    Thread.sleep(kill.down());
    if (plugin) {
      stage.startPlugin();
    }
    if (agent) {
      stage.startAgent();
    }
  }

  private static void settle(DriverStage stage, ChaosTally tally, Progress progress)
      throws IOException, InterruptedException {
    progress.part("everybody has gone; what the plugin could not be told is told now");
    long end = System.nanoTime() + SETTLING.toNanos();
    int most = Math.max(1, stage.records());
    for (int left = stage.records(); left > 0; left = stage.records()) {
      progress.reached("records settled:", Math.max(0, most - left), most);
      if (System.nanoTime() - end > 0) {
        tally.found(Fault.RECORD_LEFT, left + " after " + SETTLING.toMinutes() + " minutes");
        return;
      }
      Thread.sleep(500);
    }
  }

  private static void compare(DriverStage stage, ChaosTally tally) {
    stage.mountedForPods().forEach(at -> tally.found(Fault.LEAKED_MOUNT, at));
    stage.mountedByPlugin().forEach(at -> tally.found(Fault.LEAKED_MOUNT, at));
    stage.removeVolumes().forEach(what -> tally.found(Fault.HELD_BY_PLUGIN, what));
  }
}
