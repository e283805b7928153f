// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.catalog;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Where pods of a definition may run. */
public record Placing(Map<String, String> nodeSelector, List<TolerationRule> tolerations) {
  public Placing {
    nodeSelector = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(nodeSelector));
    tolerations = List.copyOf(tolerations);
  }
}
