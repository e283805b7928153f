// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.simulation;

/** The provisioner is no more. Not an exception, since no part of it may go on. */
final class Killed extends Error {
  private static final long serialVersionUID = 1;

  Killed() {
    super("killed", null, false, false);
  }
}
