// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.cluster;

/**
 * What a role has to allow.
 *
 * @param verb as in a role
 * @param resource plural, as in a role; a subresource after a slash
 * @param namespace empty: in all namespaces
 */
public record Right(String verb, String resource, String namespace) {
  @Override
  public String toString() {
    return verb
        + " "
        + resource
        + (namespace.isEmpty() ? " in all namespaces" : " in namespace " + namespace);
  }
}
