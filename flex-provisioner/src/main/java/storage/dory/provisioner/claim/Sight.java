// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.claim;

/**
 * What is known of an object. The caches may be late, so not seeing an object is not knowing that
 * it has gone.
 */
public sealed interface Sight<T> {

  /** It is there. */
  record Seen<T>(T facts) implements Sight<T> {}

  /** It is not in the cache. */
  record Unseen<T>() implements Sight<T> {}

  /** The API server was asked and said that it is not there. */
  record Gone<T>() implements Sight<T> {}
}
