// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.podrun;

import org.jspecify.annotations.Nullable;

/** Makes one readable line of what a pod or the cluster said. */
final class Words {
  private static final int LONGEST = 700;

  private Words() {}

  /** One line without control characters; of a long text the end, where the reason is. */
  static String line(@Nullable String text) {
    if (text == null) {
      return "";
    }
    String line = text.strip().replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    return line.length() <= LONGEST ? line : "..." + line.substring(line.length() - LONGEST);
  }
}
