// SPDX-License-Identifier: Apache-2.0
package storage.dory.local;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import storage.dory.plugin.PluginProcess;
import storage.dory.plugin.VolumeName;
import storage.dory.plugin.VolumePluginContract;

/** The same for volumes of a size, which are images on loop devices where the machine lets us. */
class SizedVolumesContractIT extends VolumePluginContract {
  @TempDir private static Path home = Path.of("");

  private static @Nullable PluginProcess process;

  @BeforeAll
  static void start() throws IOException {
    process = new LocalPlugin(home).start();
  }

  @AfterAll
  static void stop() {
    if (process != null) {
      process.close();
    }
  }

  @Override
  protected Path socket() {
    return new LocalPlugin(home).socket();
  }

  @Override
  protected Map<String, String> options(VolumeName name) {
    return Map.of("size", "16Mi");
  }
}
