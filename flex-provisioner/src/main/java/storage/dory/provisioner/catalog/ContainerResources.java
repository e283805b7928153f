// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.catalog;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Requests and limits of the provisioning container, quantities as text. */
public record ContainerResources(Map<String, String> requests, Map<String, String> limits) {
  public ContainerResources(
      @Nullable Map<String, String> requests, @Nullable Map<String, String> limits) {
    this.requests = sorted(requests);
    this.limits = sorted(limits);
  }

  private static Map<String, String> sorted(@Nullable Map<String, String> given) {
    return java.util.Collections.unmodifiableSortedMap(
        given == null ? new TreeMap<>() : new TreeMap<>(given));
  }
}
