// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.catalog;

/** A ConfigMap by its place. */
public record ConfigMapKey(String namespace, String name) implements Comparable<ConfigMapKey> {
  public ConfigMapKey {
    if (namespace.isBlank() || name.isBlank()) {
      throw new IllegalArgumentException("a ConfigMap has a namespace and a name");
    }
  }

  @Override
  public int compareTo(ConfigMapKey other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
