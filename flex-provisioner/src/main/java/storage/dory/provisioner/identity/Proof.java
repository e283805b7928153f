// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.identity;

/** What a claim's word about who filed it is worth. */
public sealed interface Proof {

  /** We wrote it, on this claim, when it was filed. */
  record Genuine(Filer filer) implements Proof {}

  /** It says nothing. */
  record Silent() implements Proof {}

  /** It says something that we did not write, or not there, or not then. */
  record Doubtful(String why) implements Proof {}
}
