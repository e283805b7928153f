// SPDX-License-Identifier: Apache-2.0
/**
 * Which of several provisioners works. Decides from the lease object and from how long ago this
 * process saw it change, by its own clock alone; the clocks of others do not matter. Reaches the
 * API server through {@link storage.dory.provisioner.election.LeaseStore}. Depends on no other
 * room.
 */
@NullMarked
package storage.dory.provisioner.election;

import org.jspecify.annotations.NullMarked;
