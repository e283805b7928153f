// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.volume;

/** A claim by name and identity. */
public record ClaimRef(String namespace, String name, ClaimUid uid) {
  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
