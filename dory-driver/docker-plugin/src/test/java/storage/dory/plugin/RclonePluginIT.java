// SPDX-License-Identifier: Apache-2.0
package storage.dory.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A plugin that nobody here wrote: rclone's, with volumes that are directories of this machine. */
class RclonePluginIT extends VolumePluginContract {
  private static final int CAP_SYS_ADMIN = 21;

  @TempDir private static Path home = Path.of("");

  private static @Nullable PluginProcess rclone;

  @BeforeAll
  static void startRclone() throws IOException {
    assumeTrue(onPath("rclone"), "rclone is not installed");
    assumeTrue(onPath("fusermount3"), "fusermount3 is not installed (package fuse3)");
    assumeTrue(Files.isWritable(Path.of("/dev/fuse")), "/dev/fuse is not there or not ours");
    assumeTrue(mayMount(), "not root of this machine with the right to mount");
    Files.createDirectories(home.resolve("mounts"));
    rclone =
        PluginProcess.start(
            List.of(
                "rclone",
                "serve",
                "docker",
                "--socket-addr",
                home.resolve("rclone.sock").toString(),
                "--base-dir",
                home.resolve("mounts").toString(),
                "--cache-dir",
                home.resolve("cache").toString()),
            Map.of(
                "HOME", home.toString(),
                "XDG_CACHE_HOME", home.resolve("cache").toString(),
                "RCLONE_CONFIG", home.resolve("rclone.conf").toString()),
            home.resolve("rclone.sock"),
            home.resolve("rclone.log"));
  }

  @AfterAll
  static void nothingStaysMounted() throws IOException {
    if (rclone != null) {
      rclone.close();
      List<String> left = mountsBelow(home);
      for (String point : left) {
        PluginProcess.launch(
                List.of("fusermount3", "-uz", point), Map.of(), home.resolve("unmount.log"))
            .exitCode();
      }
      assertThat(left).as("mounts that rclone left behind").isEmpty();
    }
  }

  @Override
  protected Path socket() {
    return home.resolve("rclone.sock");
  }

  @Override
  protected Map<String, String> options(VolumeName name) throws IOException {
    Path data = Files.createDirectories(home.resolve("data").resolve(name.value()));
    return Map.of("type", "local", "path", data.toString());
  }

  /** A root in a user namespace has the capability, but not in this mount namespace. */
  private static boolean mayMount() throws IOException {
    String effective =
        Files.readString(Path.of("/proc/self/status"))
            .lines()
            .filter(line -> line.startsWith("CapEff:"))
            .map(line -> line.substring("CapEff:".length()).strip())
            .findFirst()
            .orElse("0");
    boolean wholeMachine =
        Files.readString(Path.of("/proc/self/uid_map")).strip().matches("0\\s+0\\s+4294967295");
    return wholeMachine && (Long.parseUnsignedLong(effective, 16) >> CAP_SYS_ADMIN & 1) == 1;
  }

  private static List<String> mountsBelow(Path directory) throws IOException {
    return Files.readString(Path.of("/proc/self/mountinfo"))
        .lines()
        .map(line -> line.split(" ", 6)[4])
        .filter(point -> Path.of(point).startsWith(directory))
        .toList();
  }

  private static boolean onPath(String program) {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }
}
