// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import storage.dory.e2e.process.Checkout;
import storage.dory.e2e.process.Checkout.Program;
import storage.dory.e2e.process.Command;
import storage.dory.e2e.process.RunningProgram;
import storage.dory.plugin.Lookup;
import storage.dory.plugin.Nothing;
import storage.dory.plugin.Reply;
import storage.dory.plugin.UnixSocketPlugin;
import storage.dory.plugin.VolumeName;

/** The plugin under the driver: a given one, rclone's, or our own. */
final class BenchPlugin implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private final UnixSocketPlugin plugin;
  private final Path work;
  private final boolean rclone;
  private final Optional<RunningProgram> program;

  private BenchPlugin(
      UnixSocketPlugin plugin, Path work, boolean rclone, Optional<RunningProgram> program) {
    this.plugin = plugin;
    this.work = work;
    this.rclone = rclone;
    this.program = program;
  }

  /** One that runs already; its volumes are removed again. */
  static BenchPlugin given(Path socket, Path work) {
    boolean rclone = String.valueOf(socket.getFileName()).startsWith("rclone");
    return new BenchPlugin(new UnixSocketPlugin(socket), work, rclone, Optional.empty());
  }

  /** Starts one of its own. */
  static BenchPlugin start(Checkout checkout, Path work, boolean rclone) throws IOException {
    Path socket = work.resolve("plugins").resolve(rclone ? "rclone.sock" : "local.sock");
    Path volumes = Files.createDirectories(work.resolve("volumes"));
    List<String> command =
        rclone
            ? List.of(
                "rclone",
                "serve",
                "docker",
                "--socket-addr",
                socket.toString(),
                "--base-dir",
                volumes.toString(),
                "--cache-dir",
                work.resolve("cache").toString())
            : checkout.command(
                Program.LOCAL_PLUGIN,
                List.of("--socket", socket.toString(), "--root", volumes.toString()));
    RunningProgram program =
        RunningProgram.start(
            rclone ? "rclone" : "local-plugin",
            command,
            Map.of(
                "HOME", work.toString(),
                "XDG_CACHE_HOME", work.resolve("cache").toString(),
                "RCLONE_CONFIG", work.resolve("rclone.conf").toString()),
            work.resolve("plugin.log"));
    return new BenchPlugin(new UnixSocketPlugin(socket), work, rclone, Optional.of(program));
  }

  /** Rclone mounts with a set-user-id program, which a user namespace does not trust. */
  static boolean rcloneCanMount() throws IOException {
    String map = Files.readString(Path.of("/proc/self/uid_map")).strip();
    return map.matches("0\\s+0\\s+4294967295")
        && Files.isWritable(Path.of("/dev/fuse"))
        && Command.of("rclone", "version").run(LIMIT).good();
  }

  Path socket() {
    return plugin.socket();
  }

  /** Its name, which is the driver's. */
  String name() {
    return socket().getFileName().toString().replaceFirst("\\.sock$", "");
  }

  boolean answers() {
    return plugin.list(Duration.ofSeconds(2)) instanceof Reply.Done<?>;
  }

  /** Makes volumes to be mounted. */
  Set<String> create(int count) throws IOException {
    Set<String> names = new TreeSet<>();
    for (int i = 0; i < count; i++) {
      String name = "bench-%s-%03d".formatted(work.getFileName(), i);
      Path data = Files.createDirectories(work.resolve("data").resolve(name));
      if (!(plugin.get(new VolumeName(name), LIMIT) instanceof Lookup.Found)) {
        Map<String, String> options = rclone ? Map.of("remote", ":local:" + data) : Map.of();
        Reply<Nothing> reply = plugin.create(new VolumeName(name), options, LIMIT);
        if (!(reply instanceof Reply.Done<Nothing>)) {
          throw new IOException("create " + name + ": " + reply);
        }
      }
      names.add(name);
    }
    return names;
  }

  void remove(Set<String> names) {
    names.forEach(name -> plugin.remove(new VolumeName(name), LIMIT));
  }

  @Override
  public void close() {
    program.ifPresent(RunningProgram::close);
  }
}
