// SPDX-License-Identifier: Apache-2.0
package storage.dory.plugin;

import java.util.Map;
import java.util.Optional;

/**
 * A volume as a plugin describes it.
 *
 * @param name the plugin's name for it
 * @param mountpoint where the plugin would have it; no proof that it is mounted
 * @param status the plugin's free-form remarks, values rendered as text
 */
public record PluginVolume(
    VolumeName name, Optional<String> mountpoint, Map<String, String> status) {
  public PluginVolume {
    status = Map.copyOf(status);
  }
}
