// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import storage.dory.e2e.node.MountTable;
import storage.dory.e2e.process.Checkout;
import storage.dory.plugin.VolumeName;

/**
 * What the agent's memory is after so many mounts with their unmounts.
 *
 * @param cycles mounts with their unmounts
 * @param parallel at a time
 */
record DriverCycles(Checkout checkout, Path work, PluginUnderTest kind, int cycles, int parallel) {
  private static final int STEPS = 10;

  /** The agent's memory after so many cycles, in bytes. */
  record Sample(int cycles, OptionalLong resident, OptionalLong peak) {}

  /** Runs and prints; whether nothing failed and nothing was left. */
  boolean run(PrintStream out, Progress progress) throws IOException, InterruptedException {
    Queue<String> failures = new ConcurrentLinkedQueue<>();
    List<Sample> samples = new ArrayList<>();
    List<Starter> starters = new ArrayList<>();
    List<String> left = new ArrayList<>();
    try (DriverStage stage = new DriverStage(checkout, work, kind);
        ExecutorService threads = Executors.newFixedThreadPool(parallel)) {
      progress.part("starting the agent and " + kind.words());
      stage.start();
      List<VolumeName> volumes = new ArrayList<>();
      for (int i = 0; i < parallel; i++) {
        starters.add(stage.starter());
        volumes.add(stage.createVolume("dory-cycles-" + i));
      }
      samples.add(new Sample(0, stage.agentMemory(), stage.agentPeak()));
      AtomicInteger done = new AtomicInteger();
      for (int step = 1; step <= STEPS; step++) {
        int until = (int) ((long) cycles * step / STEPS);
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < parallel; i++) {
          Starter starter = starters.get(i);
          VolumeName volume = volumes.get(i);
          tasks.add(() -> {
            for (int now = done.getAndIncrement(); now < until; now = done.getAndIncrement()) {
              cycle(stage, starter, volume, failures);
              progress.reached("mounts with their unmounts:", now + 1, cycles);
            }
            return null;
          });
        }
        await(threads.invokeAll(tasks));
        done.set(until);
        samples.add(new Sample(until, stage.agentMemory(), stage.agentPeak()));
      }
      left.addAll(stage.removeVolumes());
      left.addAll(stage.mountedForPods());
    } finally {
      starters.forEach(Starter::close);
    }
    print(samples, List.copyOf(failures), left, out);
    return failures.isEmpty() && left.isEmpty();
  }

  private static void await(List<Future<Void>> tasks) throws IOException, InterruptedException {
    for (Future<Void> task : tasks) {
      try {
        task.get();
      } catch (ExecutionException e) {
        throw new IOException("a cycle failed: " + e.getCause(), e);
      }
    }
  }

  private static void cycle(
      DriverStage stage, Starter starter, VolumeName volume, Queue<String> failures)
      throws IOException {
    String pod = UUID.randomUUID().toString();
    Path target = stage.target(pod, volume);
    Files.createDirectories(target);
    String driver = stage.driver().toString();
    String options = FlexVolumeOptions.of(pod, volume, java.util.Map.of());
    starter
        .run(List.of(driver, "mount", target.toString(), options))
        .failure()
        .ifPresent(why -> failures.add("mount: " + why));
    starter
        .run(List.of(driver, "unmount", target.toString()))
        .failure()
        .ifPresent(why -> failures.add("unmount: " + why));
    if (!MountTable.current().isMountPoint(target)) {
      Files.deleteIfExists(target);
    }
  }

  private void print(
      List<Sample> samples, List<String> failures, List<String> left, PrintStream out) {
    out.printf(
        "driver bench: the agent's memory over %d mounts with their unmounts, %d at a time, with %s%n%n",
        cycles, parallel, kind.words());
    new MemoryTable(samples).table().lines().forEach(out::println);
    out.printf(
        "%nresident and peak are VmRSS and VmHWM; growth is against the first %d cycles%n",
        samples.get(1).cycles());
    failures.stream().limit(5).forEach(why -> out.println("failure: " + why));
    left.forEach(what -> out.println("left: " + what));
    out.printf(Locale.ROOT, "failures %d, left %d%n%n", failures.size(), left.size());
  }
}
