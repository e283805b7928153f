// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.claim;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** A node by its name and labels. */
public record NodeFacts(String name, Map<String, String> labels) {
  public NodeFacts {
    labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
  }
}
