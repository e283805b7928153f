// SPDX-License-Identifier: Apache-2.0
/**
 * The flex provisioner: composition root and flags. Builds the rooms below leaf to root, starts
 * them and closes them in reverse; holds no decision. May use every room.
 */
@NullMarked
package storage.dory.provisioner;

import org.jspecify.annotations.NullMarked;
