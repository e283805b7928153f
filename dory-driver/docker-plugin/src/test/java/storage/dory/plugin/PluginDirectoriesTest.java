// SPDX-License-Identifier: Apache-2.0
package storage.dory.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PluginDirectoriesTest {
  @TempDir private Path sockets = Path.of("");

  @Test
  void socketInTheDirectoryIsAPlugin() throws IOException {
    Path socket = socket("local.sock");

    assertThat(plugins().all()).containsOnly(java.util.Map.entry("local", socket));
    assertThat(plugins().socketOf("local")).contains(socket);
  }

  @Test
  void socketInADirectoryOfItsNameIsAPlugin() throws IOException {
    Path socket = socket("rclone/rclone.sock");

    assertThat(plugins().all()).containsOnly(java.util.Map.entry("rclone", socket));
    assertThat(plugins().socketOf("rclone")).contains(socket);
  }

  @Test
  void socketInTheDirectoryWinsOverOneBelow() throws IOException {
    Path flat = socket("local.sock");
    socket("local/local.sock");

    assertThat(plugins().all()).containsOnly(java.util.Map.entry("local", flat));
  }

  @Test
  void linkToASocketIsAPlugin() throws IOException {
    Path socket = socket("elsewhere/s");
    Files.createSymbolicLink(sockets.resolve("linked.sock"), socket);

    assertThat(plugins().all()).containsOnlyKeys("linked");
  }

  @Test
  void filesDirectoriesAndDeadLinksAreNoPlugins() throws IOException {
    Files.writeString(sockets.resolve("file.sock"), "");
    Files.createDirectory(sockets.resolve("directory.sock"));
    Files.createSymbolicLink(sockets.resolve("dead.sock"), sockets.resolve("nothing"));
    socket("hash/other.sock");
    socket("nosuffix");

    assertThat(plugins().all()).isEmpty();
  }

  @Test
  void hiddenSocketIsNoPlugin() throws IOException {
    socket(".starting.sock");

    assertThat(plugins().all()).isEmpty();
  }

  @Test
  void directoryThatIsNotThereHasNoPlugins() throws IOException {
    assertThat(new PluginDirectories(sockets.resolve("absent")).all()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "../x", "a/b", "-a", "a-", "a b", "a\nb"})
  void nameThatCannotBeADriversHasNoSocket(String name) {
    assertThat(plugins().socketOf(name)).isEmpty();
  }

  @Test
  void nameLongerThanADriversMayBeHasNoSocket() throws IOException {
    assertThat(plugins().socketOf("a".repeat(64))).isEmpty();
  }

  @Test
  void pluginWithoutASocketIsNotFound() {
    assertThat(plugins().socketOf("local")).isEmpty();
  }

  private PluginDirectories plugins() {
    return new PluginDirectories(sockets);
  }

  /** A socket file stays when its listener goes, which is all that is looked at. */
  private Path socket(String name) throws IOException {
    Path path = sockets.resolve(name);
    Files.createDirectories(path.resolveSibling("."));
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
    }
    return path;
  }
}
