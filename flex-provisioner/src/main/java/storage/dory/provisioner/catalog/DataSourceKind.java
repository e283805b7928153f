// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.catalog;

/** What a new volume may be filled from. */
public enum DataSourceKind {
  CLAIM("claim"),
  SNAPSHOT("snapshot");

  private final String text;

  DataSourceKind(String text) {
    this.text = text;
  }

  /** As in a ConfigMap and in the property {@code data-source}. */
  public String text() {
    return text;
  }
}
