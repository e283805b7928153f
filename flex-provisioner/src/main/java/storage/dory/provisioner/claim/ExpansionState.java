// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.claim;

import java.util.Set;
import storage.dory.provisioner.volume.Bytes;

/** How far the expansion of a claim is, as its status says it. */
public sealed interface ExpansionState {
  /** Condition of a claim whose volume is being grown. */
  String RESIZING = "Resizing";

  /** Condition of a claim whose volume has grown and whose file system kubelet has to grow. */
  String NODE_RESIZES = "FileSystemResizePending";

  /** The conditions that speak of an expansion; at most one of them is there. */
  Set<String> CONDITIONS = Set.of(RESIZING, NODE_RESIZES);

  /** A pod is going to grow the volume. */
  record Begun() implements ExpansionState {}

  /** The volume has grown; kubelet grows the file system and says so itself. */
  record NodeNext() implements ExpansionState {}

  /**
   * Nothing more is to be done.
   *
   * @param size what the claim has now
   */
  record Done(Bytes size) implements ExpansionState {}
}
