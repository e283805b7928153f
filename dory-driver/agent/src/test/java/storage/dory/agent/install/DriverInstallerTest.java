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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import storage.dory.plugin.PluginDirectories;

class DriverInstallerTest {
  private static final FileTime LONG_AGO = FileTime.fromMillis(1_000_000);

  @TempDir private Path dir;

  private List<String> uses = List.of();
  private long now;
  private Optional<String> kubelet = Optional.empty();
  private Path socket = Path.of("");
  private DriverInstaller installer;
  private Path executable;
  private Path home;

  @BeforeEach
  void prepare() throws IOException {
    executable = Files.writeString(dir.resolve("dory"), "first version");
    Path sockets = Files.createDirectory(dir.resolve("plugins"));
    socket = sockets.resolve("p.sock");
    home = dir.resolve("drivers/dory.storage~p");
    installer =
        new DriverInstaller(
            new PluginDirectories(sockets),
            new DriverInstaller.Place(executable, dir.resolve("drivers"), "dory.storage"),
            new Ledger(dir.resolve("state/drivers")),
            home -> uses,
            new DriverInstaller.Patience(Duration.ofMinutes(10), () -> now),
            () -> kubelet);
    bind(socket);
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
  void driverIsShownToEveryNewKubeletTwiceAndThenLeftAlone() throws IOException {
    installer.round();
    kubelet = Optional.of("first");
    assertThat(secondsAtWhichTheDriverIsReplaced(300)).containsExactly(20, 120);
    kubelet = Optional.empty();
    assertThat(secondsAtWhichTheDriverIsReplaced(300)).isEmpty();
    kubelet = Optional.of("first");
    assertThat(secondsAtWhichTheDriverIsReplaced(300)).isEmpty();

    kubelet = Optional.of("second");
    assertThat(secondsAtWhichTheDriverIsReplaced(300)).containsExactly(20, 120);
    assertThat(Files.readString(home.resolve("p"))).isEqualTo("first version");
    assertThat(names(home)).containsExactlyInAnyOrder("p", "p.json");
  }

  @Test
  void settingsOfAnAdminAndDriversOfOthersAreNotShownAgain() throws IOException {
    installer.round();
    Files.writeString(home.resolve("p.json"), "the admin's own");
    Files.setLastModifiedTime(home.resolve("p.json"), LONG_AGO);
    Path other = Files.createDirectories(dir.resolve("drivers/acme~x")).resolve("x");
    Files.writeString(other, "not ours");
    Files.setLastModifiedTime(other, LONG_AGO);
    kubelet = Optional.of("first");

    assertThat(secondsAtWhichTheDriverIsReplaced(60)).containsExactly(20);

    assertThat(Files.getLastModifiedTime(home.resolve("p.json"))).isEqualTo(LONG_AGO);
    assertThat(Files.getLastModifiedTime(other)).isEqualTo(LONG_AGO);
  }

  private List<Integer> secondsAtWhichTheDriverIsReplaced(int seconds) throws IOException {
    List<Integer> replaced = new ArrayList<>();
    for (int second = 0; second < seconds; second++) {
      Files.setLastModifiedTime(home.resolve("p"), LONG_AGO);
      installer.round();
      if (!Files.getLastModifiedTime(home.resolve("p")).equals(LONG_AGO)) {
        replaced.add(second);
      }
      now += Duration.ofSeconds(1).toNanos();
    }
    return replaced;
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

  @Test
  void leftoverOfAHalfMadeDirectoryDoesNotHinder() throws IOException {
    Path staging = Files.createDirectories(dir.resolve("drivers/.dory.storage~p"));
    Files.writeString(staging.resolve(".p"), "half a dri");
    Files.writeString(staging.resolve("p.json"), "{}");

    installer.round();

    assertThat(names(dir.resolve("drivers"))).containsExactly("dory.storage~p");
    assertThat(names(home)).containsExactlyInAnyOrder("p", "p.json");
  }

  @Test
  void driverGoesWhenItsPluginHasBeenGoneForTheGraceTime() throws IOException {
    installer.round();
    Files.delete(socket);
    installer.round();
    now += Duration.ofMinutes(10).toNanos() - 1;
    installer.round();
    assertThat(names(home)).containsExactlyInAnyOrder("p", "p.json");

    now++;
    installer.round();

    assertThat(names(dir.resolve("drivers"))).isEmpty();
    assertThat(names(dir.resolve("state/drivers"))).isEmpty();
  }

  @Test
  void pluginThatComesBackStartsTheGraceTimeAnewAndGetsItsDriverBack() throws IOException {
    installer.round();
    Files.delete(socket);
    installer.round();
    now += Duration.ofMinutes(9).toNanos();
    bind(socket);
    installer.round();
    Files.delete(socket);
    installer.round();
    now += Duration.ofMinutes(9).toNanos();
    installer.round();
    assertThat(home.resolve("p")).exists();

    now += Duration.ofMinutes(1).toNanos();
    installer.round();
    assertThat(home).doesNotExist();
    bind(socket);
    installer.round();
    assertThat(names(home)).containsExactlyInAnyOrder("p", "p.json");
  }

  @Test
  void driverStaysWhileKubeletNeedsItToUnmount() throws IOException {
    installer.round();
    Files.delete(socket);
    uses = List.of("/k/pods/u/volumes/dory.storage~p/v");
    installer.round();
    now += Duration.ofDays(1).toNanos();
    installer.round();
    assertThat(home.resolve("p")).exists();

    uses = List.of();
    installer.round();
    assertThat(home).doesNotExist();
  }

  @Test
  void settingsTheAdminHasChangedKeepTheDriver() throws IOException {
    installer.round();
    Files.writeString(home.resolve("p.json"), "{\"createVolumes\":true}");
    pluginGoesForGood();

    assertThat(home.resolve("p")).exists();
    assertThat(home.resolve("p.json")).hasContent("{\"createVolumes\":true}");
  }

  @Test
  void settingsThatWereThereBeforeTheDriverKeepIt() throws IOException {
    Files.createDirectories(home);
    Files.writeString(home.resolve("p.json"), "the admin's own");
    installer.round();
    pluginGoesForGood();

    assertThat(names(home)).containsExactlyInAnyOrder("p", "p.json");
  }

  @Test
  void anythingElseInItsDirectoryKeepsTheDriver() throws IOException {
    installer.round();
    Files.writeString(home.resolve(".pvc-1"), "/where/the/original/has/it");
    pluginGoesForGood();

    assertThat(names(home)).containsExactlyInAnyOrder("p", "p.json", ".pvc-1");
  }

  @Test
  void driverOfSomebodyElseIsNeitherReplacedNorRemoved() throws IOException {
    Files.createDirectories(home);
    Files.writeString(home.resolve("p"), "not ours");
    assertThat(home.resolve("p").toFile().setExecutable(true)).isTrue();
    installer.round();
    pluginGoesForGood();

    assertThat(names(home)).containsExactly("p");
    assertThat(home.resolve("p")).hasContent("not ours");
  }

  @Test
  void driverWhoseNotesWereLostIsTakenForOursWhenAllOfItIsAsWeWrite() throws IOException {
    installer.round();
    Files.delete(dir.resolve("state/drivers/dory.storage~p.json"));
    Files.writeString(executable, "other version");

    installer.round();

    assertThat(home.resolve("p")).hasContent("other version");
    pluginGoesForGood();
    assertThat(home).doesNotExist();
  }

  @Test
  void removalThatWasInterruptedIsFinished() throws IOException {
    installer.round();
    Files.delete(home.resolve("p.json"));
    Files.delete(home.resolve("p"));
    pluginGoesForGood();

    assertThat(home).doesNotExist();
    assertThat(names(dir.resolve("state/drivers"))).isEmpty();
  }

  @Test
  void brokenNoteLeavesItsDriverAlone() throws IOException {
    installer.round();
    Files.writeString(dir.resolve("state/drivers/dory.storage~p.json"), "{\"directory\":");
    Files.writeString(home.resolve("p.json"), "the admin's own");
    pluginGoesForGood();

    assertThat(names(home)).containsExactlyInAnyOrder("p", "p.json");
  }

  private void pluginGoesForGood() throws IOException {
    Files.deleteIfExists(socket);
    installer.round();
    now += Duration.ofHours(1).toNanos();
    installer.round();
  }

  private static void bind(Path path) throws IOException {
    ServerSocketChannel.open(StandardProtocolFamily.UNIX)
        .bind(UnixDomainSocketAddress.of(path))
        .close();
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(each -> String.valueOf(each.getFileName())).toList();
    }
  }
}
