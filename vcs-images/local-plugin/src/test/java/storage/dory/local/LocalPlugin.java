// SPDX-License-Identifier: Apache-2.0
package storage.dory.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import storage.dory.local.host.MountTable;
import storage.dory.local.host.Processes;
import storage.dory.local.host.Sizes;
import storage.dory.plugin.Lookup;
import storage.dory.plugin.MountId;
import storage.dory.plugin.Nothing;
import storage.dory.plugin.PluginProcess;
import storage.dory.plugin.Reply;
import storage.dory.plugin.UnixSocketPlugin;
import storage.dory.plugin.VolumeName;
import storage.dory.plugin.VolumePlugin;

/**
 * The real program on a directory of its own, as the tests run it.
 *
 * @param home holds its socket, its root and its log
 */
record LocalPlugin(Path home) {
  static final Duration LIMIT = Duration.ofSeconds(30);
  static final Map<String, String> SIZE = Map.of("size", "16Mi");
  static final Reply<Nothing> DONE = new Reply.Done<>(Nothing.NOTHING);
  static final Lookup ABSENT = new Lookup.Absent();

  Path socket() {
    return home.resolve("local.sock");
  }

  Path root() {
    return home.resolve("root");
  }

  VolumePlugin client() {
    return new UnixSocketPlugin(socket());
  }

  /** Starts the program and waits until it serves. */
  PluginProcess start() throws IOException {
    return start(Map.of());
  }

  /** The same with these in its environment. */
  PluginProcess start(Map<String, String> environment) throws IOException {
    return PluginProcess.start(command(flags()), environment, socket(), home.resolve("plugin.log"));
  }

  /** Starts the program beside a first one, or with flags that will not do. */
  PluginProcess launch(List<String> flags) throws IOException {
    return PluginProcess.launch(command(flags), Map.of(), home.resolve("other.log"));
  }

  List<String> flags() {
    return List.of("--socket", socket().toString(), "--root", root().toString());
  }

  /** The program as it is shipped: its jar and the libraries beside it. */
  private static List<String> command(List<String> flags) {
    Path target = Path.of("target").toAbsolutePath();
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx48m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                target.resolve("dory-local-plugin.jar") + ":" + target.resolve("lib") + "/*",
                "storage.dory.local.LocalPluginMain"));
    command.addAll(flags);
    return command;
  }

  /** Makes the volume of a small size and mounts it. */
  Path mountSized(VolumeName name, MountId id) {
    assertThat(client().create(name, SIZE, LIMIT)).isEqualTo(DONE);
    return switch (client().mount(name, id, LIMIT)) {
      case Reply.Done<Path>(Path mounted) -> mounted;
      case Reply.Refused<Path>(String words) -> throw new AssertionError(words);
      case Reply.Unreachable<Path>(String why, boolean ignored) -> throw new AssertionError(why);
    };
  }

  /** Changes a record as a crash at the right moment would have left it. */
  void rewriteRecord(VolumeName name, String pattern, String replacement) throws IOException {
    Path record = root().resolve("records").resolve(name + ".json");
    String before = Files.readString(record);
    String after = before.replaceAll(pattern, replacement);
    assertThat(after).isNotEqualTo(before);
    Files.writeString(record, after);
  }

  /** Checks that no volume has left a trace. */
  void assertNothingLeft() throws IOException {
    assertThat(mounts()).isEmpty();
    Awaitility.await("the kernel to let loop devices go")
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(loopDevices()).isEmpty());
    for (String below : List.of("data", "images", "mounts", "records")) {
      assertThat(root().resolve(below)).isEmptyDirectory();
    }
  }

  /** Skips the test where sizes cannot be enforced, saying why. */
  static void assumeImages() throws IOException {
    Sizes sizes = Sizes.current();
    assumeTrue(
        sizes instanceof Sizes.Enforced,
        () -> "sizes cannot be enforced here, so there are no images: " + sizes);
  }

  /** Where something is mounted below the plugin's directory. */
  List<Path> mounts() throws IOException {
    Path real = home.toRealPath();
    return MountTable.current().points().stream().filter(point -> point.startsWith(real)).toList();
  }

  /** The images below the plugin's directory that loop devices hold. */
  List<String> loopDevices() throws IOException {
    List<String> held = new ArrayList<>();
    try (DirectoryStream<Path> devices = Files.newDirectoryStream(Path.of("/sys/block"), "loop*")) {
      for (Path device : devices) {
        Path file = device.resolve("loop/backing_file");
        if (Files.exists(file) && Files.readString(file).startsWith(home.toRealPath().toString())) {
          held.add(Files.readString(file).strip());
        }
      }
    }
    return held;
  }

  /** Unmounts what a test left. */
  void unmountAll() throws IOException {
    for (Path point : mounts()) {
      new Processes(LIMIT).run("umount", point.toString());
    }
  }
}
