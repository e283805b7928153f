// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.catalog;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Names of the properties that only the provisioner sets. No class and no claim may set them. */
public final class RequestProperties {
  /** Made of what whoever sees the pod sees as well. */
  private static final Set<String> OPEN =
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
          "service-account",
          "kube-api",
          "selected-node",
          "docker-plugin");

  private static final Set<String> WITHHELD =
      Set.of(
          "username",
          "groups",
          "service-token",
          "data-source",
          "data-source-name",
          "data-source-pv-name");

  private static final Set<String> NAMES =
      Stream.concat(OPEN.stream(), WITHHELD.stream()).collect(Collectors.toUnmodifiableSet());

  private RequestProperties() {}

  /** Whether a class may not have a property of this name. */
  public static boolean reserves(String name) {
    return NAMES.contains(name);
  }

  /** Whether the pod's annotations and placing tell its value anyway. */
  public static boolean isOpen(String name) {
    return OPEN.contains(name);
  }

  /** All of them. */
  public static Set<String> names() {
    return NAMES;
  }
}
