// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.cluster;

/** The API server did not do what was asked: what was tried, why it failed, what to do. */
public class NoAnswer extends RuntimeException {
  /** Says all three. */
  public NoAnswer(String message) {
    super(message);
  }
}
