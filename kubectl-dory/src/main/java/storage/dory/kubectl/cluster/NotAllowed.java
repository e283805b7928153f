// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.cluster;

/** A right is missing; the message names it. */
public final class NotAllowed extends NoAnswer {
  private final Right right;

  NotAllowed(Right right, String server) {
    super(
        "not allowed to "
            + right
            + ": the API server says: "
            + server
            + "; ask for a role with verb "
            + right.verb()
            + " on "
            + right.resource());
    this.right = right;
  }

  /** The one that is missing. */
  public Right right() {
    return right;
  }
}
