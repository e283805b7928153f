// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.check;

/**
 * Something about a ConfigMap.
 *
 * @param key of the ConfigMap, or {@code label NAME}
 */
public record Finding(Weight weight, String key, String words) {

  /** What follows from it. */
  public enum Weight {
    /** The ConfigMap serves nothing as it is. */
    PROBLEM,
    /** It could not be looked at. */
    UNKNOWN,
    /** Worth knowing. */
    REMARK
  }
}
