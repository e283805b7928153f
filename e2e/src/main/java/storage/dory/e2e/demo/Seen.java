// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.demo;

/** What one look at a step showed. */
sealed interface Seen {

  /** It is as expected; the detail is shown beside the step. */
  record Done(String detail) implements Seen {}

  /** Not so far, and this was seen instead. */
  record NotYet(String instead) implements Seen {}

  /** It will not become so. */
  record Never(String instead) implements Seen {}

  static Seen when(boolean so, String detail, String instead) {
    return so ? new Done(detail) : new NotYet(instead);
  }
}
