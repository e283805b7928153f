// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.install;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.dory.plugin.PluginDirectories;

/**
 * Installs {@code <vendor>~<plugin>/<plugin>} for each plugin socket within a second of its
 * appearing, and takes it away again when the plugin has gone for good and nothing of it is in use.
 *
 * <p>A driver that is not in the ledger is somebody else's and left alone, and so are settings that
 * are not as we wrote them.
 */
public final class DriverInstaller implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DriverInstaller.class);

  private final PluginDirectories plugins;
  private final Place place;
  private final Ledger ledger;
  private final DriverUse use;
  private final Patience patience;
  private final DriverFiles files;
  private final Map<String, String> problems = new HashMap<>();
  private final Map<String, Long> goneSince = new HashMap<>();
  private final Supplier<Optional<String>> kubelet;
  private KubeletStart start = KubeletStart.none();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("install").factory());

  /**
   * Where drivers come from and go to.
   *
   * @param executable the driver's
   * @param directory kubelet's for FlexVolume drivers
   * @param vendor first half of a driver's directory name
   */
  public record Place(Path executable, Path directory, String vendor) {
    DriverHome of(String plugin) {
      return new DriverHome(directory, vendor, plugin);
    }
  }

  /**
   * How long a plugin may be gone.
   *
   * @param clock nanoseconds that only go forward
   */
  public record Patience(Duration grace, LongSupplier clock) {}

  /** Who uses a driver. */
  @FunctionalInterface
  public interface DriverUse {
    /** Targets at which something is mounted or recorded, of the driver {@code <vendor>~<name>}. */
    List<String> of(String home);
  }

  /**
   * @param kubelet which one runs, another word after each of its starts; asked each second
   */
  public DriverInstaller(
      PluginDirectories plugins,
      Place place,
      Ledger ledger,
      DriverUse use,
      Patience patience,
      Supplier<Optional<String>> kubelet) {
    this.plugins = plugins;
    this.place = place;
    this.ledger = ledger;
    this.use = use;
    this.patience = patience;
    this.kubelet = kubelet;
    this.files = new DriverFiles(place.executable());
  }

  public void start() {
    var _ = thread.scheduleWithFixedDelay(this::round, 0, 1, TimeUnit.SECONDS);
  }

  /** One look at the plugin sockets. A problem is logged when it is new. */
  void round() {
    try {
      SortedMap<String, Path> found = plugins.all();
      start = start.look(kubelet.get(), patience.clock().getAsLong());
      boolean again = start.isDue(patience.clock().getAsLong());
      found.forEach((plugin, socket) ->
          attempt(place.of(plugin), "installed", home -> install(home, socket, again)));
      if (again) {
        start = start.shownAgain();
        LOG.debug("drivers shown again kubelet={}", start.kubelet().orElse(""));
      }
      removeOthers(found.keySet());
    } catch (IOException | RuntimeException e) {
      report("", "installed", "looking for plugins: " + e);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }

  @FunctionalInterface
  private interface Step {
    void at(DriverHome home) throws IOException;
  }

  private void attempt(DriverHome home, String what, Step step) {
    try {
      step.at(home);
    } catch (IOException | RuntimeException e) {
      report(home.name(), what, e.toString());
    }
  }

  private void report(String driver, String what, String problem) {
    if (!problem.equals(problems.put(driver, problem))) {
      LOG.warn("driver not {} driver={} why=\"{}\"", what, driver, problem);
    }
  }

  private void install(DriverHome home, Path socket, boolean again) throws IOException {
    byte[] settings = settingsFor(socket);
    if (!isOurs(home, settings)) {
      report(
          home.name(),
          "installed",
          home.executable()
              + " is there and was not installed by this agent: left alone; take the directory away"
              + " to have it installed");
      return;
    }
    boolean withSettings = Files.exists(home.settings());
    if (!withSettings || ledger.find(home).isEmpty()) {
      note(home, settings);
    }
    if (!withSettings || !files.isCurrent(home)) {
      files.install(home, settings);
      LOG.info("driver installed path={} socket={}", home.executable(), socket);
    } else if (again) {
      files.install(home, settings);
    }
    problems.remove(home.name());
  }

  /** Noted, not there yet, or of an agent whose notes were lost: then all of it is as we write. */
  private boolean isOurs(DriverHome home, byte[] settings) throws IOException {
    if (ledger.find(home).isPresent()) {
      return true;
    }
    HomeContents contents = files.contents(home);
    if (!contents.executable()) {
      return true;
    }
    boolean asWeWrite =
        contents.others().isEmpty()
            && contents.settings().equals(Optional.of(DriverFiles.hash(settings)));
    if (asWeWrite) {
      note(home, settings);
    }
    return asWeWrite;
  }

  private void note(DriverHome home, byte[] settings) throws IOException {
    String hash = DriverFiles.hash(settings);
    boolean others =
        Files.exists(home.settings())
            && !DriverFiles.hash(Files.readAllBytes(home.settings())).equals(hash);
    ledger.write(new Installation(home, others ? Optional.empty() : Optional.of(hash)));
  }

  private void removeOthers(Set<String> found) throws IOException {
    for (Installation each : ledger.all()) {
      DriverHome home = each.home();
      if (home.vendor().equals(place.vendor()) && found.contains(home.driver())) {
        goneSince.remove(home.name());
      } else {
        attempt(home, "removed", ignored -> removeIfItMayGo(each));
      }
    }
  }

  private void removeIfItMayGo(Installation installation) throws IOException {
    DriverHome home = installation.home();
    long since = goneSince.computeIfAbsent(home.name(), name -> patience.clock().getAsLong());
    Duration goneFor = Duration.ofNanos(patience.clock().getAsLong() - since);
    if (goneFor.compareTo(patience.grace()) < 0) {
      return;
    }
    switch (Removal.of(installation, files.contents(home), use.of(home.name()))) {
      case Removal.Wait(String why) -> report(home.name(), "removed", why);
      case Removal.Keep(String why) -> report(home.name(), "removed", why);
      case Removal.Go() -> {
        files.remove(home);
        ledger.erase(home);
        goneSince.remove(home.name());
        problems.remove(home.name());
        LOG.info(
            "driver removed path={} pluginGoneFor={}s", home.executable(), goneFor.toSeconds());
      }
    }
  }

  private static byte[] settingsFor(Path socket) {
    return (JsonNodeFactory.instance
                .objectNode()
                .put("dockerVolumePluginSocketPath", socket.toString())
                .put("createVolumes", false)
                .toPrettyString()
            + "\n")
        .getBytes(StandardCharsets.UTF_8);
  }
}
