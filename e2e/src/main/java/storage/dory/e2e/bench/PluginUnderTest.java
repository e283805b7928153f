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

  /** Options of a volume that is to be made. */
  Map<String, String> options(Path work, VolumeName volume) throws IOException;

  /**
   * Brings it to the socket, also after it was killed.
   *
   * @param log of the program
   * @return the program, which may not answer yet; none when it is not ours to start
   */
  Optional<RunningProgram> start(Path work, Path socket, Path log) throws IOException;

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

    @Override
    public Map<String, String> options(Path work, VolumeName volume) {
      return options;
    }

    @Override
    public Optional<RunningProgram> start(Path work, Path link, Path log) throws IOException {
      Files.deleteIfExists(link);
      Files.createSymbolicLink(link, socket);
      return Optional.empty();
    }
  }

  /** rclone's as its image starts it, with directories of this machine as volumes. */
  record Rclone(Checkout checkout) implements PluginUnderTest {
    @Override
    public String name() {
      return "rclone";
    }

    @Override
    public String words() {
      return "rclone's plugin, volumes are local directories";
    }

    @Override
    public Optional<RunningProgram> start(Path work, Path socket, Path log) throws IOException {
      return Optional.of(
          RunningProgram.start(
              "rclone",
              List.of(checkout.root().resolve("vcs-images/rclone-plugin/entrypoint").toString()),
              Map.of(
                  "HOME", work.toString(),
                  "DORY_PLUGIN_NAME", name(),
                  "DORY_PLUGIN_SOCKET", socket.toString(),
                  "DORY_VOLUMES", work.resolve("volumes").toString(),
                  "DORY_STATE", work.resolve("plugin").toString(),
                  "RCLONE_CONFIG", work.resolve("rclone.conf").toString()),
              log));
    }

    @Override
    public Map<String, String> options(Path work, VolumeName volume) throws IOException {
      Path data = Files.createDirectories(work.resolve("data").resolve(volume.value()));
      return Map.of("type", "local", "path", data.toString());
    }
  }

  /**
   * The project's own.
   *
   * @param options of the volumes that are made
   */
  record Local(Checkout checkout, Map<String, String> options) implements PluginUnderTest {
    public Local {
      options = Map.copyOf(options);
    }

    @Override
    public String name() {
      return "local";
    }

    @Override
    public String words() {
      return "our local plugin, volumes are "
          + (options.isEmpty() ? "directories" : "file systems of " + options.get("size"));
    }

    @Override
    public Map<String, String> options(Path work, VolumeName volume) {
      return options;
    }

    @Override
    public Optional<RunningProgram> start(Path work, Path socket, Path log) throws IOException {
      return Optional.of(
          RunningProgram.start(
              "local-plugin",
              checkout.command(
                  Program.LOCAL_PLUGIN,
                  List.of(
                      "--socket",
                      socket.toString(),
                      "--root",
                      Files.createDirectories(work.resolve("volumes")).toString())),
              Map.of(),
              log));
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
