// SPDX-License-Identifier: Apache-2.0
package storage.dory.plugin;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A Docker Volume Plugin, protocol version 1.
 *
 * <p>Each method makes one request, blocks for at most {@code limit} and never throws for what the
 * plugin or the network does. Safe for use by many threads; the caller serialises calls for one
 * volume. A request that was cut off may have been carried out all the same, so look before
 * repeating {@code create} or {@code mount}.
 */
public interface VolumePlugin {

  /**
   * The interfaces the plugin implements, {@code VolumeDriver} among them when it serves volumes.
   */
  Reply<Set<String>> activate(Duration limit);

  /**
   * Makes a volume. What happens when the name is taken differs between plugins: ask {@link #get}
   * first.
   *
   * @param options handed on as strings, as the protocol wants them
   */
  Reply<Nothing> create(VolumeName name, Map<String, String> options, Duration limit);

  /** Asks for one volume, and tells a volume that is absent from a question that failed. */
  Lookup get(VolumeName name, Duration limit);

  /** All volumes the plugin knows, those of others included. */
  Reply<List<PluginVolume>> list(Duration limit);

  /** Where the plugin would mount the volume; no proof that it is mounted. */
  Reply<Path> path(VolumeName name, Duration limit);

  /** Mounts, and answers the absolute path at which the plugin says the volume is. */
  Reply<Path> mount(VolumeName name, MountId id, Duration limit);

  /** Undoes {@link #mount} with the same id. */
  Reply<Nothing> unmount(VolumeName name, MountId id, Duration limit);

  /** Destroys the volume and its data. */
  Reply<Nothing> remove(VolumeName name, Duration limit);

  /** Where the volumes can be mounted; {@link Scope#LOCAL} from a plugin without this call. */
  Reply<Scope> capabilities(Duration limit);
}
