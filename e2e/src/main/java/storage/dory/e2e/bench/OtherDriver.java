// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Another FlexVolume executable, installed beside ours: a copy at {@code
 * <vendor>~<plugin>/<plugin>} with the settings file that is beside the original, where its socket
 * and log are replaced.
 *
 * @param path of the copy
 * @param label in the table
 */
record OtherDriver(Path path, String label) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static OtherDriver install(Path executable, Path work, String plugin) throws IOException {
    Path directory = Files.createDirectories(work.resolve("against").resolve("other~" + plugin));
    Path copy = directory.resolve(plugin);
    Files.copy(executable, copy, StandardCopyOption.COPY_ATTRIBUTES);
    Path settings = executable.resolveSibling(executable.getFileName() + ".json");
    if (Files.exists(settings)) {
      Files.copy(settings, copy.resolveSibling(plugin + ".json"));
    }
    return new OtherDriver(copy, "other");
  }

  /** Names the plugin's socket in its settings. */
  void use(Path socket) throws IOException {
    Path file = path.resolveSibling(path.getFileName() + ".json");
    JsonNode now = Files.exists(file) ? JSON.readTree(file.toFile()) : JSON.createObjectNode();
    if (!(now instanceof ObjectNode settings)) {
      throw new BenchFailed("the settings beside the executable are not a JSON object");
    }
    settings.put("dockerVolumePluginSocketPath", socket.toString());
    settings.put("logFilePath", path.resolveSibling("log").toString());
    JSON.writeValue(file.toFile(), settings);
  }
}
