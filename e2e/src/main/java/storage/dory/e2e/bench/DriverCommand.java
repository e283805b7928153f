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
      description = "calls at a time in the second part, 1: no second part (32)")
  private int parallel = 32;

  @Override
  public Optional<String> wrongUse() {
    if (count < 1 || count > 1_000_000) {
      return Optional.of("--count " + count + ": give 1 to 1000000");
    }
    if (parallel < 1 || parallel > 512) {
      return Optional.of("--parallel " + parallel + ": give 1 to 512");
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
    PluginUnderTest kind = new PluginUnderTest.Local(checkout);
    if (plugin != null) {
      kind = new PluginUnderTest.Given(plugin.toRealPath(), options);
    } else if (PluginUnderTest.rcloneCanMount()) {
      kind = new PluginUnderTest.Rclone();
    }
    return new DriverRun(checkout, work, kind, Optional.ofNullable(against), count, parallel)
        .run(out, progress);
  }
}
