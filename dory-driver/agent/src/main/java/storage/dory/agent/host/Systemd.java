// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The agent's units. Each command has a deadline; everything may be repeated. */
public final class Systemd {
  private static final String SERVICE = "dory-agent.service";
  private static final String SOCKET = "dory-agent.socket";
  private static final int SECONDS = 60;
  private static final int LONGEST = 500;

  private final HostPlaces places;
  private final Path control;

  /**
   * @param control the command {@code systemctl}
   */
  public Systemd(HostPlaces places, Path control) {
    this.places = places;
    this.control = control;
  }

  /** Whether this host runs it. */
  public static boolean isHere() {
    return Files.isDirectory(Path.of("/run/systemd/system"));
  }

  /** Has the socket listened at from now on and after each boot. */
  public void enable() throws IOException {
    write(SOCKET);
    write(SERVICE);
    run("daemon-reload");
    run("enable", "--now", SOCKET);
  }

  /** Ends the agent and takes its units away; done also when there are none. */
  public void disable() throws IOException {
    if (!hasUnits()) {
      return;
    }
    run("disable", "--now", SOCKET, SERVICE);
    Files.deleteIfExists(places.units().resolve(SOCKET));
    Files.deleteIfExists(places.units().resolve(SERVICE));
    run("daemon-reload");
  }

  /** Whether it was enabled here. */
  public boolean hasUnits() {
    return Files.exists(places.units().resolve(SOCKET))
        || Files.exists(places.units().resolve(SERVICE));
  }

  private void write(String unit) throws IOException {
    String text =
        Files.readString(places.home().resolve("systemd").resolve(unit))
            .replace("@HOME@", places.home().toString())
            .replace("@SOCKET@", places.socket().toString());
    Path file = places.units().resolve(unit);
    Path hidden = file.resolveSibling("." + unit);
    Files.createDirectories(places.units());
    Files.writeString(hidden, text);
    Files.move(hidden, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private void run(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(control.toString()));
    command.addAll(List.of(arguments));
    Path said = Files.createTempFile("dory", ".systemctl");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
      process.getOutputStream().close();
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException(String.join(" ", command) + " does not end");
      }
      if (process.exitValue() != 0) {
        String words = Files.readString(said, StandardCharsets.UTF_8).strip();
        throw new IOException(
            String.join(" ", command)
                + ": "
                + words.substring(0, Math.min(words.length(), LONGEST)).replace('\n', ' '));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      Files.deleteIfExists(said);
    }
  }
}
