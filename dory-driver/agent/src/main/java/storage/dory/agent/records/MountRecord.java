// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.records;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
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
 * @param pod who uses it, where kubelet has told
 * @param wishes what else was asked of it
 */
public record MountRecord(
    Path target,
    Path socket,
    VolumeName volume,
    MountId id,
    boolean readOnly,
    MountState state,
    Optional<PodReference> pod,
    Wishes wishes) {

  /** One of a pod that is not known, with no further wishes. */
  public MountRecord(
      Path target, Path socket, VolumeName volume, MountId id, boolean readOnly, MountState state) {
    this(target, socket, volume, id, readOnly, state, Optional.empty(), Wishes.NONE);
  }

  public MountRecord with(MountState next) {
    return new MountRecord(target, socket, volume, id, readOnly, next, pod, wishes);
  }

  /** Whether the plugin cannot tell the two apart: same plugin, volume and id. */
  public boolean sameForPlugin(MountRecord other) {
    return socket.equals(other.socket) && volume.equals(other.volume) && id.equals(other.id);
  }

  /** Whether nothing is left but to tell the plugin that it is over. */
  public boolean isDebt() {
    return state instanceof MountState.TellPlugin || state instanceof MountState.LateMount;
  }

  /**
   * The same debt at a place of its own, beside the target and never made, so that the target is
   * free for another mount. One place for all that the plugin cannot tell apart.
   */
  public MountRecord apart() {
    byte[] owed = (socket + "\0" + volume + "\0" + id).getBytes(StandardCharsets.UTF_8);
    return new MountRecord(
        target.resolveSibling(".owed-" + UUID.nameUUIDFromBytes(owed)),
        socket,
        volume,
        id,
        readOnly,
        state,
        pod,
        wishes);
  }

  /** Whether a pod has it, or is to have it again. */
  public boolean isInUse() {
    return state instanceof MountState.Mounted || state instanceof MountState.Repairing;
  }

  /** The state's name as it is written and logged. */
  public String stateName() {
    return switch (state) {
      case MountState.Mounting() -> "mounting";
      case MountState.Mounted(Path ignored) -> "mounted";
      case MountState.Repairing(Path ignored) -> "repairing";
      case MountState.Unmounting() -> "unmounting";
      case MountState.LateMount ignored -> "late-mount";
      case MountState.TellPlugin ignored -> "tell-plugin";
    };
  }
}
