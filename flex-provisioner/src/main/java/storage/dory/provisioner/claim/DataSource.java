// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.claim;

import java.util.Optional;
import storage.dory.provisioner.catalog.DataSourceKind;

/**
 * What a claim wants its volume to be filled from.
 *
 * @param group API group, empty for the core's
 * @param namespace where it is; empty: where the claim is
 */
public record DataSource(String group, String kind, String name, Optional<String> namespace) {
  /** The kind, if it is one that a class may serve. */
  Optional<DataSourceKind> known() {
    if (group.isEmpty() && kind.equals("PersistentVolumeClaim")) {
      return Optional.of(DataSourceKind.CLAIM);
    }
    return group.equals("snapshot.storage.k8s.io") && kind.equals("VolumeSnapshot")
        ? Optional.of(DataSourceKind.SNAPSHOT)
        : Optional.empty();
  }

  @Override
  public String toString() {
    return kind + " " + name;
  }
}
