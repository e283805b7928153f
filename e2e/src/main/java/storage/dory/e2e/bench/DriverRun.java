// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import storage.dory.e2e.node.MountTable;
import storage.dory.e2e.process.Checkout;
import storage.dory.plugin.VolumeName;

/**
 * The driver's bench with one plugin.
 *
 * @param against another executable, called in turn with ours
 * @param parallel calls at a time in the second part; 1: there is none
 */
record DriverRun(
    Checkout checkout,
    Path work,
    PluginUnderTest kind,
    Optional<Path> against,
    int count,
    int parallel) {

  private static final String OURS = "dory";
  private static final int AT_ONCE = 64;
  private static final int AT_ONCE_WAVES = 3;
  private static final int MOST_NEW = 20;

  /** What was found when everything had been called. */
  private record Findings(
      DriverReport report,
      long floor,
      OptionalLong agentPeak,
      OptionalLong pluginPeak,
      Duration agentUsed,
      List<String> volumes,
      List<String> mounts) {}

  /** Measures and prints; whether nothing failed and nothing was left. */
  boolean run(PrintStream out, Progress progress) throws IOException, InterruptedException {
    Files.createDirectories(work);
    List<String> before = targets();
    List<Starter> starters = new ArrayList<>();
    try (DriverStage stage = new DriverStage(checkout, work, kind)) {
      progress.part("starting the agent and " + kind.words());
      stage.start();
      for (int i = 0; i < atOnce(); i++) {
        starters.add(stage.starter());
      }
      Findings findings = measure(stage, starters, before, progress);
      print(findings, out);
      return findings.report().failuresOf(OURS).isEmpty()
          && findings.volumes().isEmpty()
          && findings.mounts().isEmpty();
    } finally {
      starters.forEach(Starter::close);
    }
  }

  private Findings measure(
      DriverStage stage, List<Starter> starters, List<String> before, Progress progress)
      throws IOException, InterruptedException {
    List<DriverBench.Driver> drivers = new ArrayList<>();
    drivers.add(new DriverBench.Driver(OURS, stage.driver()));
    Optional<OtherDriver> other = Optional.empty();
    if (against.isPresent()) {
      OtherDriver installed = OtherDriver.install(against.get(), work, kind.name());
      installed.use(stage.socket());
      drivers.add(new DriverBench.Driver(installed.label(), installed.path()));
      other = Optional.of(installed);
    }
    progress.part("volumes: " + atOnce());
    String names = "dory-bench-" + ProcessHandle.current().pid() + "-" + now();
    List<VolumeName> volumes = new ArrayList<>();
    for (int i = 0; i < atOnce(); i++) {
      volumes.add(stage.createVolume(names + "-" + i));
    }
    DriverBench bench = new DriverBench(stage, drivers, starters, volumes, count, progress);
    Duration agentBefore = stage.agentProcessor();
    bench.run();
    if (parallel > 1) {
      bench.runTogether(parallel, waves(), drivers);
      progress.part("through our driver alone, at once: " + AT_ONCE);
      bench.runTogether(AT_ONCE, AT_ONCE_WAVES, drivers.subList(0, 1));
    }
    Duration agentUsed = stage.agentProcessor().minus(agentBefore);
    progress.part("first mounts of volumes that do not exist");
    bench.runWithNewVolumes(Math.min(count, MOST_NEW), names + "-new");
    OptionalLong agentPeak = stage.agentPeak();
    OptionalLong pluginPeak = stage.pluginPeak();
    List<String> volumesLeft = stage.removeVolumes();
    List<String> mountsLeft = left(before);
    stage.endPrograms();
    if (other.isPresent()) {
      other.get().use(work.resolve("plugins/absent.sock"));
    }
    progress.part("init with agent and plugin down");
    bench.runWithoutAgent("init, all down");
    return new Findings(
        bench.report(),
        starters.getFirst().run(List.of()).peak(),
        agentPeak,
        pluginPeak,
        agentUsed,
        volumesLeft,
        mountsLeft);
  }

  private void print(Findings found, PrintStream out) {
    out.printf(
        "driver bench: %s; %d processors%s%n%n",
        kind.words(),
        Runtime.getRuntime().availableProcessors(),
        against.map(path -> "; dory and other in turn, other is " + path).orElse(""));
    found.report().table().lines().forEach(out::println);
    out.printf(
        "%nagent   peak memory %s (VmHWM)%s%n",
        ProcessFigures.words(found.agentPeak()),
        ", CPU "
            + Figures.milliseconds(found.agentUsed().dividedBy(cycles()))
            + " ms for a mount with its unmount");
    out.println(
        "rows of plugin: the same mount and unmount asked of the plugin with no driver between, which"
            + " is part of every driver's time");
    out.printf("plugin  peak memory %s (VmHWM)%n", ProcessFigures.words(found.pluginPeak()));
    out.printf(
        "CPU and peak of an executable are its process's rusage (wait4); one that starts nothing"
            + " shows %d KiB%n",
        found.floor() / 1024);
    List<String> failures = found.report().failures();
    failures.stream().limit(5).forEach(why -> out.println("failure: " + why));
    found.volumes().forEach(what -> out.println("left: " + what));
    found.mounts().forEach(target -> out.println("left: mount " + target));
    int ours = found.report().failuresOf(OURS).size();
    out.printf(
        "failures %d, of the other executable %d, mounts left %d, volumes left %d%n%n",
        ours, failures.size() - ours, found.mounts().size(), found.volumes().size());
  }

  /** Mounts with their unmounts that the agent served while it was measured. */
  private long cycles() {
    long together = parallel == 1 ? 0 : (long) waves() * parallel + (long) AT_ONCE_WAVES * AT_ONCE;
    return DriverBench.warmUp(count) + count + together;
  }

  private int waves() {
    return (count + parallel - 1) / parallel;
  }

  private int atOnce() {
    return parallel == 1 ? 1 : Math.max(parallel, AT_ONCE);
  }

  private static long now() {
    return java.time.Instant.now().getEpochSecond();
  }

  private static List<String> targets() {
    return MountTable.current().mounts().stream().map(MountTable.Mount::target).toList();
  }

  private static List<String> left(List<String> before) {
    List<String> now = new ArrayList<>(targets());
    before.forEach(now::remove);
    // the agent mounts it where it is missing, to look at connections, and leaves it
    now.remove("/sys/fs/fuse/connections");
    return List.copyOf(now);
  }
}
