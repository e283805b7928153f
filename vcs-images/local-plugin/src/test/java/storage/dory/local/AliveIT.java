// SPDX-License-Identifier: Apache-2.0
package storage.dory.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import storage.dory.plugin.PluginProcess;

/**
 * What kubelet asks the images of volume clients, of a plugin that serves, hangs, and has ended.
 */
class AliveIT {
  /** Kubelet waits for so long. */
  private static final long SECONDS = 15;

  @TempDir private Path dir;

  @ParameterizedTest
  @ValueSource(strings = {"local-plugin", "rclone-plugin"})
  void succeedsOnlyWhileThePluginAnswers(String image) throws Exception {
    Path alive = Path.of("..", image, "alive").toAbsolutePath().normalize();
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/perl")), "skipped: no perl, which the images have");
    LocalPlugin plugin = new LocalPlugin(dir);
    assertThat(run(alive, plugin)).as("not started yet").isNotZero();

    try (PluginProcess process = plugin.start()) {
      assertThat(run(alive, plugin)).as("serves").isZero();

      signal(process, "STOP");
      assertThat(run(alive, plugin)).as("hangs").isNotZero();

      signal(process, "CONT");
      assertThat(run(alive, plugin)).as("serves again").isZero();
    }
    assertThat(run(alive, plugin)).as("has ended").isNotZero();
  }

  private static int run(Path alive, LocalPlugin plugin) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(alive.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("DORY_PLUGIN_SOCKET", plugin.socket().toString());
    Process process = builder.start();
    assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).as("ends in time").isTrue();
    return process.exitValue();
  }

  private static void signal(PluginProcess process, String signal) throws Exception {
    new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
  }
}
