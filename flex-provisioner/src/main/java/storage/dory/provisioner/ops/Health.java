// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.ops;

import java.util.Optional;

/** How it is, in words. */
public sealed interface Health {
  /** For people. */
  String words();

  /** Well. */
  record Good(String words) implements Health {}

  /** Not well. */
  record Bad(String words) implements Health {}

  /** Bad for a reason, else good. */
  static Health of(Optional<String> trouble) {
    return trouble.<Health>map(Bad::new).orElseGet(() -> new Good("ok"));
  }
}
