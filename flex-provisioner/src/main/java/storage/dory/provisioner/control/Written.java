// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.control;

/**
 * How a write ended. What may end otherwise when it is tried again (no answer, an overloaded
 * server) is an exception instead.
 */
public sealed interface Written<T> {

  /** It is done; the object as it is now. */
  record Done<T>(T object) implements Written<T> {}

  /** There is an object of that name already. */
  record Exists<T>() implements Written<T> {}

  /** There is no such object. */
  record Absent<T>() implements Written<T> {}

  /** The object has changed since it was read. */
  record Stale<T>() implements Written<T> {}

  /** The server does not allow it, in its own words. */
  record Rejected<T>(String words) implements Written<T> {}
}
