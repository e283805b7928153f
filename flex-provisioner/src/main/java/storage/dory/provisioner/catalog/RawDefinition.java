// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.catalog;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A provisioner ConfigMap as it was written.
 *
 * @param storageClass the label {@code storage-class}, empty when there is none
 * @param binary keys of its {@code binaryData}
 */
public record RawDefinition(
    ConfigMapKey source, String storageClass, Map<String, String> data, Set<String> binary) {
  public RawDefinition {
    binary = Set.copyOf(binary);
    data = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(data));
  }

  /** One without {@code binaryData}. */
  public RawDefinition(ConfigMapKey source, String storageClass, Map<String, String> data) {
    this(source, storageClass, data, Set.of());
  }

  /** Shows names only: values may be secrets. */
  @Override
  public String toString() {
    return source + " for " + storageClass + " with " + data.keySet();
  }
}
