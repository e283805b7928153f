// SPDX-License-Identifier: Apache-2.0
package storage.dory.plugin;

/**
 * Name of a volume as a Docker Volume Plugin knows it.
 *
 * <p>Plugins have grammars of their own ({@code pool/name@size} is one), so only what no plugin can
 * mean is refused. A name must never be made into a path by the caller.
 *
 * @param value 1 to 1024 characters without control characters
 */
public record VolumeName(String value) {
  private static final int LONGEST = 1024;

  public VolumeName {
    if (value.isBlank()) {
      throw new IllegalArgumentException("a volume name is required");
    }
    if (value.length() > LONGEST || value.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "a volume name has at most " + LONGEST + " characters and no control characters");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
