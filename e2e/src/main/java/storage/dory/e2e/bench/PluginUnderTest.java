// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import storage.dory.e2e.process.Checkout;
import storage.dory.e2e.process.Checkout.Program;
import storage.dory.e2e.process.Command;
import storage.dory.e2e.process.RunningProgram;
import storage.dory.plugin.VolumeName;

/** The Docker Volume Plugin behind the driver. */
sealed interface PluginUnderTest {

  /** Name of the plugin and so of its driver. */
  String name();

  /** For people. */
  String words();

  /** Whether rclone's plugin can be started: it needs rclone, fuse and root. */
  static boolean rcloneCanMount() {
    return Files.isWritable(Path.of("/dev/fuse"))
        && onPath("rclone")
        && onPath("fusermount3")
        && rootOfTheMachine();
  }

  /** One that runs already. */
  record Given(Path socket, Map<String, String> options) implements PluginUnderTest {
    private static final String SUFFIX = ".sock";

    public Given {
      options = Map.copyOf(options);
    }

    @Override
    public String name() {
      String file = String.valueOf(socket.getFileName());
      return file.endsWith(SUFFIX) ? file.substring(0, file.length() - SUFFIX.length()) : file;
    }

    @Override
    public String words() {
      return "plugin at " + socket;
    }
  }

  /** rclone's, with directories of this machine as volumes. */
  record Rclone() implements PluginUnderTest {
    @Override
    public String name() {
      return "rclone";
    }

    @Override
    public String words() {
      return "rclone's plugin, volumes are local directories";
    }

    RunningProgram start(Path work, Path socket) throws IOException {
      return RunningProgram.start(
          "rclone",
          List.of(
              "rclone",
              "serve",
              "docker",
              "--socket-addr",
              socket.toString(),
              "--base-dir",
              Files.createDirectories(work.resolve("volumes")).toString(),
              "--cache-dir",
              work.resolve("cache").toString()),
          Map.of(
              "HOME", work.toString(),
              "XDG_CACHE_HOME", work.resolve("cache").toString(),
              "RCLONE_CONFIG", work.resolve("rclone.conf").toString()),
          work.resolve("logs").resolve("rclone.log"));
    }

    Map<String, String> options(Path work, VolumeName volume) throws IOException {
      Path data = Files.createDirectories(work.resolve("data").resolve(volume.value()));
      return Map.of("type", "local", "path", data.toString());
    }
  }

  /** The project's own. */
  record Local(Checkout checkout) implements PluginUnderTest {
    @Override
    public String name() {
      return "local";
    }

    @Override
    public String words() {
      return "our local plugin, volumes are directories";
    }

    RunningProgram start(Path work, Path socket) throws IOException {
      return RunningProgram.start(
          "local-plugin",
          checkout.command(
              Program.LOCAL_PLUGIN,
              List.of(
                  "--socket",
                  socket.toString(),
                  "--root",
                  Files.createDirectories(work.resolve("volumes")).toString())),
          Map.of(),
          work.resolve("logs").resolve("local-plugin.log"));
    }
  }

  private static boolean onPath(String program) {
    return Optional.ofNullable(System.getenv("PATH")).stream()
        .flatMap(path -> java.util.Arrays.stream(path.split(":", -1)))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }

  /** A root in a user namespace is not root for fusermount's purposes. */
  private static boolean rootOfTheMachine() {
    return Command.of(
            "sh", "-c", "test $(id -u) = 0 && grep -Eq '^ +0 +0 +4294967295' /proc/self/uid_map")
        .run(java.time.Duration.ofSeconds(10))
        .good();
  }
}
