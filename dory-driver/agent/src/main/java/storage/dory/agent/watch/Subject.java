// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.watch;

import java.nio.file.Path;
import storage.dory.agent.records.MountRecord;
import storage.dory.plugin.VolumeName;

/** A volume of a plugin: what is repaired at a time. */
record Subject(Path socket, VolumeName volume) {
  static Subject of(MountRecord record) {
    return new Subject(record.socket(), record.volume());
  }
}
