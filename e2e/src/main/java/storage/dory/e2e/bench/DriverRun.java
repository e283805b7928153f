// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
      for (int i = 0; i < parallel; i++) {
        starters.add(
            new Starter(
                checkout.root().resolve("e2e/target/bench-starter"),
                Map.of("DORY_AGENT_SOCKET", stage.agentSocket().toString())));
      }
      Findings findings = measure(stage, starters, before, progress);
      print(findings, out);
      return findings.report().failures().isEmpty()
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
    drivers.add(new DriverBench.Driver("dory", stage.driver()));
    Optional<OtherDriver> other = Optional.empty();
    if (against.isPresent()) {
      OtherDriver installed = OtherDriver.install(against.get(), work, kind.name());
      installed.use(stage.socket());
      drivers.add(new DriverBench.Driver(installed.label(), installed.path()));
      other = Optional.of(installed);
    }
    progress.part("volumes: " + parallel);
    List<VolumeName> volumes = new ArrayList<>();
    for (int i = 0; i < parallel; i++) {
      volumes.add(
          stage.createVolume(
              "dory-bench-" + ProcessHandle.current().pid() + "-" + now() + "-" + i));
    }
    DriverBench bench = new DriverBench(stage, drivers, starters, volumes, count, progress);
    Duration agentBefore = stage.agentProcessor();
    bench.run();
    Duration agentUsed = stage.agentProcessor().minus(agentBefore);
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
    out.printf("plugin  peak memory %s (VmHWM)%n", ProcessFigures.words(found.pluginPeak()));
    out.printf(
        "CPU and peak of an executable are its process's rusage (wait4); one that starts nothing"
            + " shows %d KiB%n",
        found.floor() / 1024);
    List<String> failures = found.report().failures();
    failures.stream().limit(5).forEach(why -> out.println("failure: " + why));
    found.volumes().forEach(what -> out.println("left: " + what));
    found.mounts().forEach(target -> out.println("left: mount " + target));
    out.printf(
        "failures %d, mounts left %d, volumes left %d%n%n",
        failures.size(), found.mounts().size(), found.volumes().size());
  }

  /** Mounts with their unmounts that the agent served while it was measured. */
  private long cycles() {
    long waves = parallel == 1 ? 0 : (count + parallel - 1) / parallel;
    return DriverBench.warmUp(count) + count + waves * parallel;
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
    return List.copyOf(now);
  }
}
