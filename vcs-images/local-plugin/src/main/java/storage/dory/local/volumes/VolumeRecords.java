// SPDX-License-Identifier: Apache-2.0
package storage.dory.local.volumes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.dory.local.host.Durable;

/** What is remembered of volumes: a JSON file each, replaced as a whole. */
public final class VolumeRecords {
  private static final Logger LOG = LoggerFactory.getLogger(VolumeRecords.class);
  private static final String SUFFIX = ".json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path directory;

  /**
   * @param directory must exist
   */
  public VolumeRecords(Path directory) {
    this.directory = directory;
  }

  /** The volume of a name, as last written. */
  public Optional<Volume> find(VolumeName name) throws IOException {
    Path file = file(name);
    try {
      return Optional.of(read(name, JSON.readTree(Files.readAllBytes(file))));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | IllegalArgumentException | DateTimeException e) {
      throw new IOException("the record " + file + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** All volumes by name; a record that cannot be read is logged and left out. */
  public List<Volume> all() throws IOException {
    List<Volume> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        String value = name.substring(0, name.length() - SUFFIX.length());
        if (!name.startsWith(".")) {
          readable(new VolumeName(value)).ifPresent(found::add);
        }
      }
    }
    found.sort(Comparator.comparing(volume -> volume.name().value()));
    return found;
  }

  /** Writes a volume down; on disk when this returns. */
  public void write(Volume volume) throws IOException {
    ObjectNode node = JSON.createObjectNode();
    node.put("name", volume.name().value());
    volume.size().ifPresent(size -> node.put("size", size.value()));
    node.put("backing", volume.backing().name());
    node.put("stage", volume.stage().name());
    volume.mounts().stream().sorted().forEach(node.putArray("mounts")::add);
    node.put("createdAt", volume.createdAt().toString());
    Durable.write(file(volume.name()), JSON.writeValueAsBytes(node));
  }

  /** Forgets a volume. */
  public void delete(VolumeName name) throws IOException {
    Durable.delete(file(name));
  }

  private Optional<Volume> readable(VolumeName name) {
    try {
      return find(name);
    } catch (IOException e) {
      LOG.error("event=record-unreadable volume={} reason=\"{}\"", name, e.getMessage());
      return Optional.empty();
    }
  }

  private static Volume read(VolumeName name, JsonNode node) {
    Set<String> mounts = new TreeSet<>();
    node.path("mounts").forEach(id -> mounts.add(id.asText()));
    return new Volume(
        name,
        node.has("size") ? Optional.of(new Bytes(node.path("size").asLong())) : Optional.empty(),
        Volume.Backing.valueOf(node.path("backing").asText()),
        Volume.Stage.valueOf(node.path("stage").asText()),
        mounts,
        Instant.parse(node.path("createdAt").asText()));
  }

  private Path file(VolumeName name) {
    return directory.resolve(name + SUFFIX);
  }
}
