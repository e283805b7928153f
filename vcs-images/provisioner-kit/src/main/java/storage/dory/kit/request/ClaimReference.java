// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit.request;

/**
 * The claim a volume is made for.
 *
 * @param uid tells it from an earlier claim of the same name
 */
public record ClaimReference(String namespace, String name, String uid) {
  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
