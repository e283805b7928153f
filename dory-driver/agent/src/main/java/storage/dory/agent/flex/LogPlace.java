// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.flex;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** Where the calls of a driver are logged. */
public sealed interface LogPlace {

  /** In this file. */
  record In(Path file) implements LogPlace {}

  /** Nowhere. */
  record Nowhere(String why) implements LogPlace {}

  /**
   * The file that the settings name. Where they name none it is the original's, but for a driver
   * the agent has installed: its pod must not fill its container with a log nobody asked for.
   *
   * @param vendor of drivers installed by the agent
   */
  static LogPlace of(DriverPath driver, DriverSettings settings, String vendor) {
    Optional<String> named = settings.log().path();
    if (named.isEmpty() && driver.isOf(vendor)) {
      return new Nowhere("none: not named by the settings of a driver the agent has installed");
    }
    try {
      // kubelet runs drivers in the root directory
      Path file = Path.of("/").resolve(named.orElse(DriverSettings.Log.DEFAULT_PATH)).normalize();
      Path home = driver.executable().getParent();
      if (file.getNameCount() == 0) {
        return new Nowhere("none: the root directory is no file");
      }
      return home != null && home.isAbsolute() && file.startsWith(home.normalize())
          ? new Nowhere("none: kubelet starts a driver anew when a file beside it changes")
          : new In(file);
    } catch (InvalidPathException e) {
      return new Nowhere("none: not a path");
    }
  }

  /** For a human. */
  default String shown() {
    return switch (this) {
      case In(Path file) -> file.toString();
      case Nowhere(String why) -> why;
    };
  }
}
