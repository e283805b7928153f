// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit.kube;

import java.nio.file.Path;

/**
 * Where the Kubernetes API is and how to be known there.
 *
 * @param url {@code http} or {@code https}, without a path
 * @param authority PEM file of the certificates to trust; read only for {@code https}
 * @param token bearer token, never printed
 */
public record ApiAddress(String url, Path authority, String token) {
  @Override
  public String toString() {
    return url;
  }
}
