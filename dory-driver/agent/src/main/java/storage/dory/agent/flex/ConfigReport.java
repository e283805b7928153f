// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.flex;

import java.util.ArrayList;
import java.util.List;

/** The text of {@code config}, in the original's form: problems, version, what is in force. */
public final class ConfigReport {
  private static final int KEY_WIDTH = 30;

  private final String version;

  /**
   * @param version as it is shown, such as {@code 0.1.0-1a2b3c4d}
   */
  public ConfigReport(String version) {
    this.version = version;
  }

  /**
   * @param file the settings file that was looked for
   * @param plugin the plugin's address in force
   * @param log the log file in force, or why there is none
   */
  public String of(
      DriverPath driver, String file, DriverSettings settings, String plugin, String log) {
    List<String> lines = new ArrayList<>();
    settings
        .found()
        .unreadable()
        .ifPresent(why -> lines.add("Error processing " + file + " - " + why));
    lines.addAll(settings.found().problems());
    lines.add("");
    lines.add("Driver=" + driver.name() + " Version=" + version);
    lines.add("Current Config:");
    lines.add(line(SettingKey.PLUGIN, plugin));
    lines.add(line(SettingKey.STRIP_KUBERNETES, settings.stripKubernetes()));
    lines.add(line(SettingKey.LOG_FILE_PATH, log));
    lines.add(line(SettingKey.LOG_DEBUG, settings.log().debug()));
    lines.add(line(SettingKey.CREATE_VOLUMES, settings.createVolumes()));
    lines.add(line(SettingKey.ENABLE_16, settings.enable16()));
    lines.add(line(SettingKey.CONVERSION_FACTOR, settings.sizes().factor()));
    lines.add(
        line(SettingKey.SIZE_OPTIONS, "[" + String.join(" ", settings.sizes().options()) + "]"));
    lines.add(line(SettingKey.SUPPORTS_CAPABILITIES, settings.supportsCapabilities()));
    return String.join("\n", lines);
  }

  private static String line(SettingKey key, Object value) {
    return " ".repeat(Math.max(0, KEY_WIDTH - key.key().length())) + key.key() + " = " + value;
  }
}
