// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.catalog;

import java.util.Map;
import java.util.TreeMap;

/**
 * A provisioner ConfigMap as it was written.
 *
 * @param storageClass the label {@code storage-class}, empty when there is none
 */
public record RawDefinition(ConfigMapKey source, String storageClass, Map<String, String> data) {
  public RawDefinition {
    data = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(data));
  }

  /** Shows names only: values may be secrets. */
  @Override
  public String toString() {
    return source + " for " + storageClass + " with " + data.keySet();
  }
}
