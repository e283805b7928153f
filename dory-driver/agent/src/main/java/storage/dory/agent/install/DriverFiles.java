// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.install;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/**
 * The files of drivers below kubelet's directory.
 *
 * <p>Kubelet watches it and starts a driver anew at any change of a file without a leading dot. A
 * driver directory it finds without its executable fails, and with it, in some releases, all that
 * it has found in the same look. So a new driver is made under a dot name and its directory
 * renamed, and one that goes loses its executable before its directory, and its settings before
 * that. Everything may be repeated after a crash.
 */
public final class DriverFiles {
  private static final String SETTINGS = "rw-r--r--";
  private static final String EXECUTABLE = "rwxr-xr-x";

  private final Path executable;

  /**
   * @param executable what is installed
   */
  public DriverFiles(Path executable) {
    this.executable = executable;
  }

  /** Whether the driver is there, and is the one we would install. */
  public boolean isCurrent(DriverHome home) throws IOException {
    return Files.isExecutable(home.executable())
        && Files.mismatch(home.executable(), executable) == -1;
  }

  /** Installs or replaces the driver; settings that are there stay. */
  public void install(DriverHome home, byte[] settings) throws IOException {
    if (Files.isDirectory(home.path())) {
      if (!Files.exists(home.settings())) {
        AtomicFile.write(home.settings(), settings, SETTINGS);
      }
      AtomicFile.write(home.executable(), Files.readAllBytes(executable), EXECUTABLE);
      return;
    }
    Path staging = home.staging();
    Files.createDirectories(home.directory());
    clear(staging, home);
    Files.createDirectory(staging);
    Path driver = staging.resolve(home.driver());
    Path beside = staging.resolve(home.driver() + ".json");
    AtomicFile.writeHidden(AtomicFile.hidden(driver), Files.readAllBytes(executable), EXECUTABLE);
    AtomicFile.writeHidden(AtomicFile.hidden(beside), settings, SETTINGS);
    // as late as can be: a kubelet that starts just now watches this directory too
    Files.move(AtomicFile.hidden(beside), beside, StandardCopyOption.ATOMIC_MOVE);
    Files.move(AtomicFile.hidden(driver), driver, StandardCopyOption.ATOMIC_MOVE);
    Files.move(staging, home.path(), StandardCopyOption.ATOMIC_MOVE);
    AtomicFile.force(home.executable());
    AtomicFile.force(home.path());
  }

  /** Replaces the settings of a driver that is there. */
  public void writeSettings(DriverHome home, byte[] settings) throws IOException {
    AtomicFile.write(home.settings(), settings, SETTINGS);
  }

  /** What is in the driver's directory, nothing when there is none. */
  public HomeContents contents(DriverHome home) throws IOException {
    Set<String> others = new HashSet<>();
    Path settings = home.settings();
    if (Files.isDirectory(home.path())) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(home.path())) {
        for (Path file : files) {
          others.add(String.valueOf(file.getFileName()));
        }
      }
    }
    for (Path own : new Path[] {home.executable(), settings}) {
      others.remove(String.valueOf(own.getFileName()));
      others.remove(String.valueOf(AtomicFile.hidden(own).getFileName()));
    }
    return new HomeContents(
        others,
        Files.exists(home.executable()),
        Files.exists(settings)
            ? Optional.of(hash(Files.readAllBytes(settings)))
            : Optional.empty());
  }

  /** Takes the driver away; done also when it is not there. */
  public void remove(DriverHome home) throws IOException {
    clear(home.path(), home);
    clear(home.staging(), home);
  }

  /** SHA-256 in lower-case hexadecimal. */
  public static String hash(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static void clear(Path directory, DriverHome home) throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    Path driver = directory.resolve(home.driver());
    Path settings = directory.resolve(home.driver() + ".json");
    Files.deleteIfExists(settings);
    Files.deleteIfExists(AtomicFile.hidden(settings));
    Files.deleteIfExists(AtomicFile.hidden(driver));
    Files.deleteIfExists(driver);
    Files.delete(directory);
    AtomicFile.force(directory);
  }
}
