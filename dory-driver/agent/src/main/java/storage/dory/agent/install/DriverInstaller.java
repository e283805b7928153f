// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.install;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.dory.plugin.PluginDirectories;

/**
 * Installs {@code <vendor>~<plugin>/<plugin>} for each plugin socket, within a second of its
 * appearing.
 *
 * <p>Kubelet watches these directories and starts the driver anew at any change of a file without a
 * leading dot. So a file is made under a dot name and renamed, only when it differs, and nothing
 * else is ever written there. An admin's settings file is kept.
 */
public final class DriverInstaller implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DriverInstaller.class);

  private final PluginDirectories plugins;
  private final Place place;
  private final Map<String, String> problems = new HashMap<>();
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
  public record Place(Path executable, Path directory, String vendor) {}

  public DriverInstaller(PluginDirectories plugins, Place place) {
    this.plugins = plugins;
    this.place = place;
  }

  public void start() {
    var _ = thread.scheduleWithFixedDelay(this::round, 0, 1, TimeUnit.SECONDS);
  }

  /** One look at the plugin sockets. A problem is logged when it is new. */
  void round() {
    try {
      SortedMap<String, Path> found = plugins.all();
      problems.keySet().removeIf(name -> !found.containsKey(name));
      found.forEach(this::installAndReport);
    } catch (IOException | RuntimeException e) {
      report("", "looking for plugins: " + e);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }

  private void installAndReport(String plugin, Path socket) {
    try {
      install(plugin, socket);
      problems.remove(plugin);
    } catch (IOException | RuntimeException e) {
      report(plugin, e.toString());
    }
  }

  private void report(String plugin, String problem) {
    if (!problem.equals(problems.put(plugin, problem))) {
      LOG.warn("driver not installed plugin={} why=\"{}\"", plugin, problem);
    }
  }

  private void install(String plugin, Path socket) throws IOException {
    Path home = place.directory().resolve(place.vendor() + "~" + plugin);
    Path driver = home.resolve(plugin);
    Path settings = home.resolve(plugin + ".json");
    Files.createDirectories(home);
    // settings first: kubelet may run the driver as soon as it is there
    if (!Files.exists(settings)) {
      place(settings, settingsFor(socket), "rw-r--r--");
    }
    if (!isCurrent(driver)) {
      place(driver, Files.readAllBytes(place.executable()), "rwxr-xr-x");
      LOG.info("driver installed plugin={} path={} socket={}", plugin, driver, socket);
    }
  }

  private boolean isCurrent(Path driver) throws IOException {
    return Files.isExecutable(driver) && Files.mismatch(driver, place.executable()) == -1;
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

  private static void place(Path file, byte[] content, String permissions) throws IOException {
    Path hidden = file.resolveSibling("." + file.getFileName());
    Files.deleteIfExists(hidden);
    try (FileChannel channel =
        FileChannel.open(hidden, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      Files.setPosixFilePermissions(hidden, PosixFilePermissions.fromString(permissions));
      channel.force(true);
    }
    Files.move(hidden, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
