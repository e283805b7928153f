// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.volume;

import java.nio.file.Path;
import storage.dory.agent.records.MountRecord;
import storage.dory.plugin.VolumeName;

/** One volume of one plugin: what calls to the plugin are serialised by. */
record VolumeKey(Path socket, VolumeName volume) {
  static VolumeKey of(MountRecord record) {
    return new VolumeKey(record.socket(), record.volume());
  }
}
