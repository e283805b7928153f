// SPDX-License-Identifier: Apache-2.0
package storage.dory.local.volumes;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a volume is asked to be.
 *
 * @param size how much it may hold; empty: as much as the disk
 */
public record VolumeOptions(Optional<Bytes> size) {
  private static final String SIZE = "size";
  private static final Bytes SMALLEST = new Bytes(1 << 20);
  private static final Bytes LARGEST = new Bytes(16L << 40);

  /** Reads the options of a Create; a refusal names everything that is wrong with them. */
  public static Outcome<VolumeOptions> of(Map<String, String> raw) {
    List<String> problems = new ArrayList<>();
    Optional<Bytes> size = Optional.empty();
    for (Map.Entry<String, String> option : new TreeMap<>(raw).entrySet()) {
      if (option.getKey().equals(SIZE)) {
        size = Bytes.parse(option.getValue());
        problemOf(option.getValue(), size).ifPresent(problems::add);
      } else {
        problems.add("unknown option \"" + option.getKey() + "\" (known: " + SIZE + ")");
      }
    }
    return problems.isEmpty()
        ? new Outcome.Done<>(new VolumeOptions(size))
        : new Outcome.Refused<>(String.join("; ", problems));
  }

  private static Optional<String> problemOf(String text, Optional<Bytes> size) {
    if (size.isEmpty()) {
      return Optional.of(
          "option size: \"" + text + "\" is no amount of bytes such as 1073741824, 1Gi or 500M");
    }
    if (size.get().compareTo(SMALLEST) < 0 || size.get().compareTo(LARGEST) > 0) {
      return Optional.of("option size: \"" + text + "\" is not between 1Mi and 16Ti");
    }
    return Optional.empty();
  }
}
