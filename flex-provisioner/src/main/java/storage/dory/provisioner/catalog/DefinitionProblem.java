// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.catalog;

/** What is wrong with one key of a ConfigMap, in words for the administrator. */
public record DefinitionProblem(String key, String words) {
  @Override
  public String toString() {
    return key + ": " + words;
  }
}
