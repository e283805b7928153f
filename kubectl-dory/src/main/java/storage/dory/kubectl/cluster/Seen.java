// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.cluster;

import java.util.List;

/** What reading came to that a command can do without. */
public sealed interface Seen<T> {

  /** All there is. */
  record All<T>(List<T> items) implements Seen<T> {
    public All {
      items = List.copyOf(items);
    }
  }

  /** Not shown to this user. */
  record Hidden<T>(Right right) implements Seen<T> {}

  /** What is seen of it; none when it is hidden. */
  default List<T> items() {
    return switch (this) {
      case All<T>(List<T> items) -> items;
      case Hidden<T> hidden -> List.of();
    };
  }
}
