// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.install;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import storage.dory.plugin.PluginDirectories;

class DriverInstallerTest {
  private static final FileTime LONG_AGO = FileTime.fromMillis(1_000_000);

  @TempDir private Path dir;

  private DriverInstaller installer;
  private Path executable;
  private Path home;

  @BeforeEach
  void prepare() throws IOException {
    executable = Files.writeString(dir.resolve("dory"), "first version");
    Path sockets = Files.createDirectory(dir.resolve("plugins"));
    home = dir.resolve("drivers/dory.storage~p");
    installer =
        new DriverInstaller(
            new PluginDirectories(sockets),
            new DriverInstaller.Place(executable, dir.resolve("drivers"), "dory.storage"));
    ServerSocketChannel.open(StandardProtocolFamily.UNIX)
        .bind(UnixDomainSocketAddress.of(sockets.resolve("p.sock")))
        .close();
    Files.writeString(sockets.resolve("no-socket.sock"), "");
  }

  @AfterEach
  void close() {
    installer.close();
  }

  @Test
  void everyPluginGetsADriverAndSettingsAndNothingElse() throws IOException {
    installer.round();

    assertThat(names(dir.resolve("drivers"))).containsExactly("dory.storage~p");
    assertThat(names(home)).containsExactlyInAnyOrder("p", "p.json");
    assertThat(Files.readString(home.resolve("p"))).isEqualTo("first version");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("p"))))
        .isEqualTo("rwxr-xr-x");
    JsonNode settings = new ObjectMapper().readTree(home.resolve("p.json").toFile());
    assertThat(settings.path("dockerVolumePluginSocketPath").asText())
        .isEqualTo(dir.resolve("plugins/p.sock").toString());
    assertThat(settings.path("createVolumes").asBoolean(true)).isFalse();
  }

  @Test
  void equalDriverIsNotTouched() throws IOException {
    installer.round();
    Files.setLastModifiedTime(home.resolve("p"), LONG_AGO);
    Files.setLastModifiedTime(home.resolve("p.json"), LONG_AGO);
    Files.setLastModifiedTime(home, LONG_AGO);

    installer.round();

    assertThat(Files.getLastModifiedTime(home.resolve("p"))).isEqualTo(LONG_AGO);
    assertThat(Files.getLastModifiedTime(home)).isEqualTo(LONG_AGO);
  }

  @Test
  void newerDriverReplacesTheOldOneAndTheAdminsSettingsStay() throws IOException {
    installer.round();
    Files.writeString(home.resolve("p.json"), "the admin's own");
    Files.writeString(executable, "other version");

    installer.round();

    assertThat(Files.readString(home.resolve("p"))).isEqualTo("other version");
    assertThat(Files.readString(home.resolve("p.json"))).isEqualTo("the admin's own");
    assertThat(names(home)).containsExactlyInAnyOrder("p", "p.json");
  }

  @Test
  void leftoverOfAKilledInstallationDoesNotHinder() throws IOException {
    Files.createDirectories(home);
    Files.writeString(home.resolve(".p"), "half a dri");

    installer.round();

    assertThat(Files.readString(home.resolve("p"))).isEqualTo("first version");
    assertThat(names(home)).containsExactlyInAnyOrder("p", "p.json");
  }

  @Test
  void missingExecutableDoesNotEndTheRounds() throws IOException {
    Files.delete(executable);
    installer.round();
    Files.writeString(executable, "first version");

    installer.round();

    assertThat(home.resolve("p")).hasContent("first version");
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(each -> String.valueOf(each.getFileName())).toList();
    }
  }
}
