// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.dory.agent.flex.DriverPath;
import storage.dory.agent.flex.DriverSettings;
import storage.dory.plugin.PluginPlaces;

/** What lies beside the drivers, and the plugins they lead to. Read anew at each call. */
final class DriverHomes {
  private static final Logger LOG = LoggerFactory.getLogger(DriverHomes.class);
  private static final long LARGEST_SETTINGS = 1 << 20;

  private final PluginPlaces plugins;
  private final Path driverDirectory;

  /**
   * @param driverDirectory kubelet's, as the agent sees it
   */
  DriverHomes(PluginPlaces plugins, Path driverDirectory) {
    this.plugins = plugins;
    this.driverDirectory = driverDirectory;
  }

  /** The driver's settings; the defaults when there is no file that can be read. */
  DriverSettings settingsOf(DriverPath driver) {
    Optional<Path> file = fileOf(driver);
    if (file.isEmpty()) {
      return DriverSettings.unreadable("no such file");
    }
    try {
      if (Files.size(file.get()) > LARGEST_SETTINGS) {
        return DriverSettings.unreadable("larger than " + (LARGEST_SETTINGS >> 20) + " MiB");
      }
      return DriverSettings.of(new String(Files.readAllBytes(file.get()), StandardCharsets.UTF_8));
    } catch (IOException e) {
      LOG.warn("driver settings not read file={} why=\"{}\"", file.get(), e.toString());
      return DriverSettings.unreadable(e.toString());
    }
  }

  /** The settings file that is read, or the one that would be. */
  String fileShown(DriverPath driver) {
    return fileOf(driver).orElseGet(driver::settings).toString();
  }

  /** Where the plugin of a driver is, whether or not anybody answers there. */
  Path placeOf(DriverPath driver, DriverSettings settings) {
    return plugins.placeOf(settings.plugin().orElse(driver.name()));
  }

  /** Whether there is something to ask. */
  boolean isThere(Path place) {
    return plugins.isThere(place);
  }

  /** Beside the executable as kubelet called it, or where the agent sees the same directory. */
  private Optional<Path> fileOf(DriverPath driver) {
    return List.of(driver.settings(), driver.settingsBelow(driverDirectory)).stream()
        .filter(Path::isAbsolute)
        .filter(Files::isRegularFile)
        .findFirst();
  }
}
