// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import storage.dory.agent.records.MountRecord;
import storage.dory.agent.records.MountState;
import storage.dory.agent.records.PodReference;
import storage.dory.agent.records.Wishes;
import storage.dory.plugin.MountId;
import storage.dory.plugin.VolumeName;

/**
 * What shall be mounted where.
 *
 * @param target the pod's directory
 * @param socket of the plugin
 * @param createWith options to create the volume with if there is none; empty: it must be there
 * @param wishes what else is asked of it
 * @param pod who uses it, where that is known
 */
public record MountRequest(
    Path target,
    Path socket,
    VolumeName volume,
    MountId id,
    boolean readOnly,
    Optional<Map<String, String>> createWith,
    Wishes wishes,
    Optional<PodReference> pod) {

  /** One for a pod that is not known. */
  public MountRequest(
      Path target,
      Path socket,
      VolumeName volume,
      MountId id,
      boolean readOnly,
      Optional<Map<String, String>> createWith,
      Wishes wishes) {
    this(target, socket, volume, id, readOnly, createWith, wishes, Optional.empty());
  }

  /** With no further wishes. */
  public MountRequest(
      Path target,
      Path socket,
      VolumeName volume,
      MountId id,
      boolean readOnly,
      Optional<Map<String, String>> createWith) {
    this(target, socket, volume, id, readOnly, createWith, Wishes.NONE);
  }

  /** The same at another target. */
  MountRequest at(Path other) {
    return new MountRequest(other, socket, volume, id, readOnly, createWith, wishes, pod);
  }

  /** The record to begin with. */
  MountRecord announced() {
    return new MountRecord(
        target, socket, volume, id, readOnly, new MountState.Mounting(), pod, wishes);
  }

  /** Whether a record is of this very mount. */
  boolean isOf(MountRecord record) {
    return announced().sameForPlugin(record)
        && record.target().equals(target)
        && record.readOnly() == readOnly;
  }

  /** The options are not shown: they may be secret. */
  @Override
  public String toString() {
    return "MountRequest[" + volume + " at " + target + "]";
  }
}
