// SPDX-License-Identifier: Apache-2.0
/**
 * A queue of keys with one worker a key, and the back-off between tries. Knows nothing of
 * Kubernetes; depends on no other room.
 */
@NullMarked
package storage.dory.provisioner.reconcile;

import org.jspecify.annotations.NullMarked;
