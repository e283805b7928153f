// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import storage.dory.e2e.process.Checkout;

/** {@code bench driver}. */
@Command(
    name = "driver",
    description = {
      "Mount, unmount and init through the real driver executable, agent and a plugin, in a mount",
      "namespace of their own. Without --plugin: rclone's plugin where rclone, fuse and root are",
      "there, else our own."
    })
final class DriverCommand implements Bench {
  /** In the second part, where nobody says how many. */
  private static final int AT_A_TIME = 32;

  /** While the agent's memory is watched; as many as a node is busy with for long. */
  private static final int AT_A_TIME_FOR_LONG = 8;

  @Option(names = "--plugin", paramLabel = "SOCKET", description = "a plugin that runs already")
  private @Nullable Path plugin;

  @Option(
      names = "--option",
      paramLabel = "KEY=VALUE",
      description = "with --plugin, repeatable: an option of the volumes that are made")
  private Map<String, String> options = Map.of();

  @Option(
      names = "--against",
      paramLabel = "EXECUTABLE",
      description = "another FlexVolume driver, called in turn with ours")
  private @Nullable Path against;

  @Option(names = "--count", paramLabel = "N", description = "calls of each verb in each way (200)")
  private int count = 200;

  @Option(
      names = "--parallel",
      paramLabel = "P",
      description = "calls at a time in the second part (32), 1: no second part; of --cycles (8)")
  private @Nullable Integer parallel;

  @Option(
      names = "--own",
      paramLabel = "rclone|local|sized",
      description = {
        "without --plugin: which is started. local keeps volumes in directories, sized in file",
        "systems that it mounts. Default: rclone where it can mount, else local"
      })
  private @Nullable OwnPlugin own;

  @Option(
      names = "--cycles",
      paramLabel = "N",
      description = "instead: the agent's memory over N mounts with their unmounts")
  private int cycles;

  @Option(
      names = "--chaos",
      paramLabel = "N",
      description = "instead: N mounts and unmounts while agent and plugin are killed at random")
  private int chaos;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "with --chaos: what is killed when (random)")
  private long seed = System.nanoTime() % 1_000_000_000;

  /** Plugins that a bench can start. */
  enum OwnPlugin {
    rclone,
    local,
    sized
  }

  @Override
  public Optional<String> wrongUse() {
    if (count < 1 || count > 1_000_000) {
      return Optional.of("--count " + count + ": give 1 to 1000000");
    }
    if (parallel != null && (parallel < 1 || parallel > 512)) {
      return Optional.of("--parallel " + parallel + ": give 1 to 512");
    }
    if (cycles < 0 || cycles > 10_000_000 || chaos < 0 || chaos > 10_000_000) {
      return Optional.of("--cycles and --chaos: give 1 to 10000000");
    }
    if ((cycles > 0 ? 1 : 0) + (chaos > 0 ? 1 : 0) + (against != null ? 1 : 0) > 1) {
      return Optional.of("--cycles, --chaos and --against exclude each other");
    }
    if (plugin != null && (own != null || chaos > 0)) {
      return Optional.of("--plugin " + plugin + ": --own and --chaos start a plugin of their own");
    }
    if (against != null && !(Files.isRegularFile(against) && Files.isExecutable(against))) {
      return Optional.of("--against " + against + ": not an executable file");
    }
    if (plugin != null && (!Files.exists(plugin) || Files.isRegularFile(plugin))) {
      return Optional.of("--plugin " + plugin + ": no socket there");
    }
    return plugin == null && !options.isEmpty()
        ? Optional.of("--option needs --plugin")
        : Optional.empty();
  }

  @Override
  public boolean run(Path work, PrintStream out, Progress progress)
      throws IOException, InterruptedException {
    Checkout checkout = Checkout.current();
    PluginUnderTest kind = kind(checkout);
    if (chaos > 0) {
      return new DriverChaos(checkout, work, kind, chaos, seed).run(out, progress);
    }
    if (cycles > 0) {
      int atATime = parallel == null ? AT_A_TIME_FOR_LONG : parallel;
      return new DriverCycles(checkout, work, kind, cycles, atATime).run(out, progress);
    }
    int atATime = parallel == null ? AT_A_TIME : parallel;
    return new DriverRun(checkout, work, kind, Optional.ofNullable(against), count, atATime)
        .run(out, progress);
  }

  private PluginUnderTest kind(Checkout checkout) throws IOException {
    if (plugin != null) {
      return new PluginUnderTest.Given(plugin.toRealPath(), options);
    }
    OwnPlugin chosen =
        own != null ? own : PluginUnderTest.rcloneCanMount() ? OwnPlugin.rclone : OwnPlugin.local;
    return switch (chosen) {
      case rclone -> new PluginUnderTest.Rclone(checkout);
      case local -> new PluginUnderTest.Local(checkout, Map.of());
      case sized -> new PluginUnderTest.Local(checkout, Map.of("size", "8Mi"));
    };
  }
}
