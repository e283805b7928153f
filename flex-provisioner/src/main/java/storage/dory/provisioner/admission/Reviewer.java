// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.admission;

/** Answers reviews of one kind of object. Called by several threads at a time. */
interface Reviewer {
  Decision decide(Review review);
}
