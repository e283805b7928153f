// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.demo;

/** A step that did not come out as expected; the message says what, what was seen and why. */
final class StepFailed extends Exception {
  private static final long serialVersionUID = 1;

  StepFailed(String message) {
    super(message);
  }
}
