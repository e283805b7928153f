// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import storage.dory.e2e.node.MountTable;
import storage.dory.e2e.process.Checkout;
import storage.dory.e2e.process.Checkout.Program;
import storage.dory.e2e.process.RunningProgram;

/** Mount and unmount through driver, agent and a plugin, as kubelet would call them. */
@Command(
    name = "driver",
    mixinStandardHelpOptions = true,
    description = "Calls of the driver: init, mount, unmount, one and many at a time.")
final class DriverBench implements Callable<Integer> {
  private static final Duration START = Duration.ofSeconds(30);

  @Option(names = "--plugin", description = "socket of a plugin; default: rclone's, else our own")
  private @Nullable Path plugin;

  @Option(names = "--against", description = "another driver executable, called in turns with ours")
  private @Nullable Path against;

  @Option(names = "--count", defaultValue = "200", description = "calls, default ${DEFAULT-VALUE}")
  private int count;

  @Option(names = "--parallel", defaultValue = "32", description = "default ${DEFAULT-VALUE}")
  private int parallel;

  private final Checkout checkout;
  private final PrintStream out;

  DriverBench(Checkout checkout, PrintStream out) {
    this.checkout = checkout;
    this.out = out;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path given = plugin;
    if (given != null) {
      return with(work -> BenchPlugin.given(given, work), true);
    }
    int ended = 0;
    if (BenchPlugin.rcloneCanMount()) {
      // rclone 1.60 stops answering for ever when two volumes are mounted at the same time
      ended = with(work -> BenchPlugin.start(checkout, work, true), false);
      out.println("many at a time: not with rclone, which stops answering then\n");
    }
    return Math.max(ended, with(work -> BenchPlugin.start(checkout, work, false), true));
  }

  private interface Starter {
    BenchPlugin start(Path work) throws IOException;
  }

  private int with(Starter starter, boolean many) throws IOException, InterruptedException {
    Path work = Files.createTempDirectory(Path.of("/tmp"), "b");
    Files.createDirectories(work.resolve("plugins"));
    try (BenchPlugin under = starter.start(work)) {
      until("plugin at " + under.socket(), under::answers);
      try (RunningProgram agent = agent(work, under)) {
        measure(work, under, agent, many);
      }
    } finally {
      MountTable.current()
          .below(work)
          .reversed()
          .forEach(mount ->
              storage.dory.e2e.process.Command.of("umount", "-l", mount.target()).run(START));
    }
    List<MountTable.Mount> left = MountTable.current().below(work);
    if (!left.isEmpty()) {
      out.println("left mounted: " + left);
      return 1;
    }
    remove(work);
    return 0;
  }

  private void measure(Path work, BenchPlugin under, RunningProgram agent, boolean many)
      throws IOException, InterruptedException {
    Path executable =
        work.resolve("drivers").resolve("dory.storage~" + under.name()).resolve(under.name());
    until("driver installed by the agent, log " + agent.log(), () -> Files.exists(executable));
    until("agent ready", () -> agent.readyLine().isPresent());
    Set<String> volumes = under.create(parallel);
    out.printf(
        "plugin %s, %d volumes, %d calls; times as the caller sees them, process start"
            + " included%n%n%s%n",
        under.name(), volumes.size(), count, Times.HEAD);
    Path socket = work.resolve("agent.sock");
    series("", new DriverCalls(executable, work.resolve("ours"), socket, volumes), many);
    Path other = against;
    if (other != null) {
      series("against: ", new DriverCalls(other, work.resolve("others"), socket, volumes), many);
    }
    out.printf(
        "%npeak memory: driver %s, agent %s%n%n",
        PeakMemory.text(new WaitingDriver(executable, work).peak()),
        PeakMemory.text(PeakMemory.of(agent.pid())));
    under.remove(volumes);
  }

  private void series(String prefix, DriverCalls calls, boolean many) throws InterruptedException {
    new Series(Math.min(count, 20), 1).of(calls::init); // warm
    out.println(new Series(count, 1).of(calls::init).row(prefix + "init"));
    out.println(new Series(count, 1).of(calls::mount).row(prefix + "mount"));
    out.println(new Series(count, 1).of(calls::unmount).row(prefix + "unmount"));
    if (many) {
      String way = ", " + parallel + " at a time";
      out.println(new Series(count, parallel).of(calls::mount).row(prefix + "mount" + way));
      out.println(new Series(count, parallel).of(calls::unmount).row(prefix + "unmount" + way));
    }
  }

  private RunningProgram agent(Path work, BenchPlugin under) throws IOException {
    return RunningProgram.start(
        "agent",
        checkout.command(
            Program.AGENT,
            List.of(
                "--socket",
                work.resolve("agent.sock").toString(),
                "--state-dir",
                work.resolve("state").toString(),
                "--plugin-sockets",
                String.valueOf(under.socket().toAbsolutePath().getParent()),
                "--driver-dir",
                work.resolve("drivers").toString(),
                "--driver-executable",
                checkout.driver().toString())),
        Map.of(),
        work.resolve("agent.log"));
  }

  private static void until(String what, BooleanSupplier so)
      throws InterruptedException, IOException {
    long end = System.nanoTime() + START.toNanos();
    while (!so.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new IOException("not there within " + START.toSeconds() + " s: " + what);
      }
      Thread.sleep(20);
    }
  }

  private static void remove(Path work) throws IOException {
    try (var all = Files.walk(work)) {
      for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
