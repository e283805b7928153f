// SPDX-License-Identifier: Apache-2.0
/**
 * Claims and volumes as values: sizes, references, what a PersistentVolume says of itself, and
 * whether it is the one a claim asked for. Pure. May use the Kubernetes model types as values;
 * depends on no other room.
 */
@NullMarked
package storage.dory.provisioner.volume;

import org.jspecify.annotations.NullMarked;
