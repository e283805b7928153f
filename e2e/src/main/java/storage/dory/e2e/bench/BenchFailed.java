// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

/** Nothing can be measured, and why. */
final class BenchFailed extends RuntimeException {
  private static final long serialVersionUID = 1;

  BenchFailed(String why) {
    super(why);
  }
}
