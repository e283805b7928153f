// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.identity;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import storage.dory.provisioner.volume.Marks;

/**
 * A claim as far as it matters who filed it.
 *
 * @param name empty while the API server has not made one from the prefix
 * @param prefix the name's beginning that was asked for; empty when a name was
 * @param created by the API server's clock; empty while it is being filed
 * @param annotations all of them
 */
public record FiledClaim(
    String namespace,
    String name,
    String prefix,
    Optional<Instant> created,
    Map<String, String> annotations) {
  public FiledClaim {
    annotations = Map.copyOf(annotations);
  }

  /** What it says about who filed it, true or not; empty when it says nothing at all. */
  public Optional<Stamp> stamp() {
    return Stamp.of(marks());
  }

  /** The annotations that say who filed it. */
  Map<String, String> marks() {
    Map<String, String> marks = new TreeMap<>();
    for (String mark : Marks.FILER) {
      String value = annotations.get(mark);
      if (value != null) {
        marks.put(mark, value);
      }
    }
    return marks;
  }
}
