// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl;

/** How the commands end; docs/reference/kubectl-dory.md. */
final class ExitCode {
  /** Done, and nothing found that needs a person. */
  static final int GOOD = 0;

  /** Done, and something was found: a refused ConfigMap, an orphan, a claim that is not Bound. */
  static final int FOUND = 1;

  /** Not done: no right, no such object, no API server. */
  static final int NOT_DONE = 2;

  /** Wrong flags. */
  static final int WRONG_USE = 64;

  private ExitCode() {}
}
