// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl;

/** A flag or argument that has no sense; the message says which and why. */
final class WrongUse extends RuntimeException {
  WrongUse(String message) {
    super(message);
  }
}
