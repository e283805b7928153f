// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.flex;

import java.nio.file.Path;

/**
 * The driver's executable as kubelet called it.
 *
 * @param executable argv[0], not resolved: settings lie beside the name that was called
 */
public record DriverPath(Path executable) {
  public DriverPath {
    if (executable.getFileName() == null || executable.getFileName().toString().isEmpty()) {
      throw new IllegalArgumentException("the driver's own path has no name");
    }
  }

  /** The driver's name, which is the plugin's too unless its settings say otherwise. */
  public String name() {
    return String.valueOf(executable.getFileName());
  }

  /** Whether it lies in a directory {@code <vendor>~<its name>}, as the agent installs drivers. */
  public boolean isOf(String vendor) {
    Path parent = executable.getParent();
    return parent != null
        && parent.getFileName() != null
        && parent.getFileName().toString().equals(vendor + "~" + name());
  }

  /** The settings file beside the executable. */
  public Path settings() {
    return executable.resolveSibling(name() + ".json");
  }

  /**
   * The settings file as the agent may see it under another directory than kubelet: the last two
   * steps of the path, {@code vendor~driver/driver.json}, below that directory.
   */
  public Path settingsBelow(Path driverDirectory) {
    Path parent = executable.getParent();
    Path own = parent == null ? null : parent.getFileName();
    return own == null
        ? driverDirectory.resolve(name() + ".json")
        : driverDirectory.resolve(own).resolve(name() + ".json");
  }
}
