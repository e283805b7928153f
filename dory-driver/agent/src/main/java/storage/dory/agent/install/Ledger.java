// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.install;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The drivers that we have installed, one file a driver. Read anew each time: a process of the host
 * and the agent may share it.
 */
public final class Ledger {
  private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);
  private static final String SUFFIX = ".json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path directory;

  /**
   * @param directory made when the first driver is noted
   */
  public Ledger(Path directory) {
    this.directory = directory;
  }

  /** What was installed at this home, empty when it was not us. */
  public Optional<Installation> find(DriverHome home) {
    return read(fileOf(home)).filter(each -> each.home().equals(home));
  }

  /** All of them, by name. */
  public List<Installation> all() throws IOException {
    List<Installation> found = new ArrayList<>();
    if (Files.isDirectory(directory)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "[!.]*" + SUFFIX)) {
        files.forEach(file -> read(file).ifPresent(found::add));
      }
    }
    found.sort(Comparator.comparing(each -> each.home().name()));
    return found;
  }

  /** Has it on the disk, before the driver is touched. */
  public void write(Installation installation) throws IOException {
    Files.createDirectories(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    DriverHome home = installation.home();
    ObjectNode node =
        JsonNodeFactory.instance
            .objectNode()
            .put("directory", home.directory().toString())
            .put("vendor", home.vendor())
            .put("driver", home.driver());
    installation.settings().ifPresent(hash -> node.put("settings", hash));
    AtomicFile.write(fileOf(home), (node + "\n").getBytes(StandardCharsets.UTF_8), "rw-------");
  }

  /** After the driver has gone. */
  public void erase(DriverHome home) throws IOException {
    Files.deleteIfExists(fileOf(home));
  }

  private Path fileOf(DriverHome home) {
    return directory.resolve(home.name() + SUFFIX);
  }

  private static Optional<Installation> read(Path file) {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      JsonNode node = JSON.readTree(Files.readString(file));
      return Optional.of(
          new Installation(
              new DriverHome(
                  Path.of(node.path("directory").asText()),
                  node.path("vendor").asText(),
                  node.path("driver").asText()),
              Optional.ofNullable(node.path("settings").textValue())));
    } catch (JsonProcessingException | IllegalArgumentException e) {
      LOG.warn("no record of an installation file={}: its driver is left alone", file);
      return Optional.empty();
    } catch (IOException e) {
      LOG.warn("record of an installation not read file={} why=\"{}\"", file, e.toString());
      return Optional.empty();
    }
  }
}
