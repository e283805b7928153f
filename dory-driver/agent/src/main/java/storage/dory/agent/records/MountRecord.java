// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.records;

import java.nio.file.Path;
import storage.dory.plugin.MountId;
import storage.dory.plugin.VolumeName;

/**
 * What we have done, or are about to do, at one target directory.
 *
 * @param target the pod's directory
 * @param socket of the plugin
 * @param volume as the plugin knows it
 * @param id given to the plugin with Mount, and to be given with Unmount
 * @param readOnly whether the target shows it read only
 * @param state how far it has come
 */
public record MountRecord(
    Path target, Path socket, VolumeName volume, MountId id, boolean readOnly, MountState state) {

  public MountRecord with(MountState next) {
    return new MountRecord(target, socket, volume, id, readOnly, next);
  }

  /** Whether the plugin cannot tell the two apart: same plugin, volume and id. */
  public boolean sameForPlugin(MountRecord other) {
    return socket.equals(other.socket) && volume.equals(other.volume) && id.equals(other.id);
  }

  /** The state's name as it is written and logged. */
  public String stateName() {
    return switch (state) {
      case MountState.Mounting() -> "mounting";
      case MountState.Mounted(Path ignored) -> "mounted";
      case MountState.Unmounting() -> "unmounting";
      case MountState.LateMount ignored -> "late-mount";
      case MountState.TellPlugin() -> "tell-plugin";
    };
  }
}
