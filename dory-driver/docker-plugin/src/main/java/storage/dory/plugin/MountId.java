// SPDX-License-Identifier: Apache-2.0
package storage.dory.plugin;

/**
 * The caller's name for one mount of a volume; the same value must be given to unmount it.
 * Kubelet's pod UID serves, as in the original Dory.
 *
 * @param value 1 to 128 characters of {@code [A-Za-z0-9_.-]}
 */
public record MountId(String value) {
  public MountId {
    if (!value.matches("[A-Za-z0-9_.-]{1,128}")) {
      throw new IllegalArgumentException(
          "a mount id has 1 to 128 characters of [A-Za-z0-9_.-]: " + value);
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
