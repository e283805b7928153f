// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.podrun;

import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes one readable line of what a pod or the cluster said. */
final class Words {
  private static final int LONGEST = 700;

  private Words() {}

  /** As {@link #line(String, Collection)}, with no secrets known. */
  static String line(@Nullable String text) {
    return line(text, List.of());
  }

  /**
   * One line without control characters and without secrets; of a long text the end, where the
   * reason is.
   */
  static String line(@Nullable String text, Collection<String> secrets) {
    if (text == null) {
      return "";
    }
    // masked first: half a token does not look like one
    String line = Mask.over(text, secrets).strip().replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    return line.length() <= LONGEST ? line : "..." + line.substring(line.length() - LONGEST);
  }
}
