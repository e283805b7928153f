// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.install;

import java.nio.file.Path;

/**
 * Where one driver lies: {@code <directory>/<vendor>~<driver>/<driver>} and {@code <driver>.json}.
 *
 * @param directory kubelet's for FlexVolume drivers, as this process sees it
 * @param vendor a lower-case DNS name
 * @param driver at most 63 of {@code [A-Za-z0-9._-]}, a letter or digit at both ends
 */
public record DriverHome(Path directory, String vendor, String driver) {
  private static final String VENDOR = "[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?";
  private static final String DRIVER = "[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?";

  public DriverHome {
    if (!isVendor(vendor)) {
      throw new IllegalArgumentException("'" + vendor + "' is no vendor: a lower-case DNS name is");
    }
    if (!isDriver(driver)) {
      throw new IllegalArgumentException(
          "'" + driver + "' is no name of a driver: at most 63 letters, digits, '.', '_', '-'");
    }
  }

  /** Whether kubelet takes it for a vendor. */
  public static boolean isVendor(String text) {
    return text.matches(VENDOR);
  }

  /** Whether kubelet takes it for a driver's name. */
  public static boolean isDriver(String text) {
    return text.matches(DRIVER);
  }

  /** {@code <vendor>~<driver>}, as the directory and those of its volumes below pods are called. */
  public String name() {
    return vendor + "~" + driver;
  }

  public Path path() {
    return directory.resolve(name());
  }

  public Path executable() {
    return path().resolve(driver);
  }

  public Path settings() {
    return path().resolve(driver + ".json");
  }

  /** Where it is made before it gets its name; kubelet looks into no directory with a dot. */
  Path staging() {
    return directory.resolve("." + name());
  }
}
