// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.identity;

/** Whether stamps can be checked. */
public sealed interface Sealing {

  /** Nobody stamps claims: no webhook is served. */
  record Off() implements Sealing {}

  /** The key has not been read yet, or cannot be. */
  record NotYet() implements Sealing {}

  /** They can. */
  record On(SealKey key) implements Sealing {}
}
