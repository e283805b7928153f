// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.host;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import storage.dory.agent.install.DriverFiles;
import storage.dory.agent.install.DriverHome;
import storage.dory.agent.install.DriverInstaller;
import storage.dory.agent.install.HomeContents;
import storage.dory.agent.install.Installation;
import storage.dory.agent.install.Ledger;
import storage.dory.agent.install.Removal;

/**
 * {@code dory uninstall}: one driver, or everything. Refuses while something is mounted, before it
 * has touched anything. May be repeated.
 */
public final class HostUninstall {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final HostPlaces places;
  private final Ledger ledger;
  private final DriverFiles files;
  private final Systemd systemd;
  private final Uses uses;

  /**
   * Who uses what.
   *
   * @param ofDriver targets of one driver
   * @param recorded targets the agent has written down, of any driver
   */
  public record Uses(DriverInstaller.DriverUse ofDriver, Supplier<List<Path>> recorded) {}

  public HostUninstall(
      HostPlaces places, Ledger ledger, DriverFiles files, Systemd systemd, Uses uses) {
    this.places = places;
    this.ledger = ledger;
    this.files = files;
    this.systemd = systemd;
    this.uses = uses;
  }

  /**
   * Takes one driver away.
   *
   * @param withSettings also when its settings are not as they were written
   */
  public HostOutcome one(DriverHome home, boolean withSettings) {
    try {
      Optional<Installation> noted = ledger.find(home);
      if (noted.isEmpty()) {
        return new HostOutcome.Refused(
            home.executable()
                + " was not installed by this command; what is: "
                + ledger.all().stream().map(each -> each.home().executable().toString()).toList());
      }
      Optional<String> hindrance = hindrance(noted.get(), withSettings);
      return hindrance.isPresent()
          ? new HostOutcome.Refused(hindrance.get())
          : removed(noted.get());
    } catch (IOException e) {
      return failed(e);
    }
  }

  /** Takes away every driver, the agent and what it has left. */
  public HostOutcome all(boolean withSettings) {
    try {
      List<Installation> installations = ledger.all();
      for (Installation each : installations) {
        Optional<String> hindrance = hindrance(each, withSettings);
        if (hindrance.isPresent()) {
          return new HostOutcome.Refused(hindrance.get());
        }
      }
      List<Path> recorded = uses.recorded().get();
      if (!recorded.isEmpty()) {
        return new HostOutcome.Refused(
            "volumes are mounted, or a plugin is still to be told that they are not, at "
                + recorded
                + "; nothing was taken away");
      }
      List<String> lines = new ArrayList<>();
      for (Installation each : installations) {
        switch (removed(each)) {
          case HostOutcome.Done(List<String> said) -> lines.addAll(said);
          case HostOutcome.Refused refused -> {
            return refused;
          }
        }
      }
      systemd.disable();
      new RunningAgent(places.socket()).stop(PATIENCE);
      sweep();
      lines.add("agent     gone, with its state; " + places.home() + " can be deleted");
      return new HostOutcome.Done(lines);
    } catch (IOException e) {
      return failed(e);
    }
  }

  private Optional<String> hindrance(Installation installation, boolean withSettings)
      throws IOException {
    DriverHome home = installation.home();
    HomeContents contents = files.contents(home);
    Installation judged = withSettings ? new Installation(home, contents.settings()) : installation;
    return switch (Removal.of(judged, contents, uses.ofDriver().of(home.name()))) {
      case Removal.Go() -> Optional.empty();
      case Removal.Wait(String why) ->
          Optional.of(
              home.executable() + " is " + why + "; delete the pods first. Nothing was taken away");
      case Removal.Keep(String why) ->
          Optional.of(
              home.path()
                  + " is not taken away: "
                  + why
                  + ". --with-settings takes changed settings away too; anything else is yours to"
                  + " delete");
    };
  }

  private HostOutcome removed(Installation installation) throws IOException {
    DriverHome home = installation.home();
    byte[] settings =
        Files.exists(home.settings()) ? Files.readAllBytes(home.settings()) : new byte[0];
    files.remove(home);
    // a call of kubelet's may have come between the look and the removal
    List<String> meanwhile = uses.ofDriver().of(home.name());
    if (!meanwhile.isEmpty()) {
      files.install(home, settings);
      return new HostOutcome.Refused(
          home.executable() + " was put back: something was mounted meanwhile at " + meanwhile);
    }
    ledger.erase(home);
    return new HostOutcome.Done(List.of("driver    " + home.executable() + " gone"));
  }

  /** What an agent leaves, by name: a file that it does not write stays, and its directory too. */
  private void sweep() throws IOException {
    for (String suffix : List.of("", ".lock", ".out")) {
      Files.deleteIfExists(places.besideSocket(suffix));
    }
    for (String suffix : List.of("", ".1", ".2", ".3", ".4")) {
      Files.deleteIfExists(places.log().resolveSibling(places.log().getFileName() + suffix));
    }
    Files.deleteIfExists(places.state().resolve("lock"));
    Files.deleteIfExists(places.state().resolve("boot"));
    for (Path directory :
        List.of(
            places.state().resolve("mounts"), places.state().resolve("drivers"), places.state())) {
      deleteIfEmpty(directory);
    }
    Path run = places.socket().getParent();
    Path state = places.state().getParent();
    if (run != null) {
      deleteIfEmpty(run);
    }
    if (state != null) {
      deleteIfEmpty(state);
    }
  }

  private static void deleteIfEmpty(Path directory) throws IOException {
    if (!Files.isDirectory(directory) || hasSomething(directory)) {
      return;
    }
    try {
      Files.delete(directory);
    } catch (DirectoryNotEmptyException e) {
      // filled just now: by somebody else
    }
  }

  private static boolean hasSomething(Path directory) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      return files.iterator().hasNext();
    }
  }

  private static HostOutcome failed(IOException e) {
    return new HostOutcome.Refused("uninstalling: " + e + "; once that is mended, run it again");
  }
}
