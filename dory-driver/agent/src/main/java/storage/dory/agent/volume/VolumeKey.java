// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

import java.nio.file.Path;
import java.util.Optional;
import storage.dory.agent.records.MountRecord;
import storage.dory.plugin.VolumeName;

/**
 * What calls to a plugin are serialised by: one volume of it, or all of them.
 *
 * @param volume empty for a plugin that bears one call at a time only
 */
record VolumeKey(Path socket, Optional<VolumeName> volume) {

  /**
   * rclone up to the version of today tells its own watcher of each mount and unmount through a
   * channel of one place, while holding the lock that the watcher waits for: two that come at once,
   * of whatever volumes, can leave it waiting for itself for ever. One after the other they do not.
   */
  private static final String FRAIL = "rclone";

  static VolumeKey of(MountRecord record) {
    return of(record.socket(), record.volume());
  }

  static VolumeKey of(Path socket, VolumeName volume) {
    boolean frail = String.valueOf(socket.getFileName()).startsWith(FRAIL);
    return new VolumeKey(socket, frail ? Optional.empty() : Optional.of(volume));
  }
}
