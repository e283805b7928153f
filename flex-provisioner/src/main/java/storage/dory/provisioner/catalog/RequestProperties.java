// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.catalog;

import java.util.Set;

/** Names of the properties that only the provisioner sets. No class and no claim may set them. */
public final class RequestProperties {
  private static final Set<String> NAMES =
      Set.of(
          "action",
          "pv-name",
          "pvc-name",
          "pvc-namespace",
          "pvc-uid",
          "size",
          "access-modes",
          "volume-mode",
          "fs-type",
          "storage-class",
          "reclaim-policy",
          "username",
          "groups",
          "service-account",
          "service-token",
          "kube-api",
          "selected-node",
          "docker-plugin",
          "data-source",
          "data-source-name",
          "data-source-pv-name");

  private RequestProperties() {}

  /** Whether a class may not have a property of this name. */
  public static boolean reserves(String name) {
    return NAMES.contains(name);
  }

  /** All of them. */
  public static Set<String> names() {
    return NAMES;
  }
}
