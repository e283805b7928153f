// SPDX-License-Identifier: Apache-2.0
/**
 * Who filed a claim, how that is written on it so that nobody else can, and who may make a volume.
 * Pure. May use {@code volume} and Jackson.
 */
@NullMarked
package storage.dory.provisioner.identity;

import org.jspecify.annotations.NullMarked;
