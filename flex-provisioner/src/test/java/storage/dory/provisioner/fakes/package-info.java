// SPDX-License-Identifier: Apache-2.0
/**
 * Stand-ins for what a cluster has beside an API server: binder, scheduler, kubelet, garbage
 * collector, and the storage system that provisioning pods talk to. May use the client and the
 * provisioner's ports.
 */
@NullMarked
package storage.dory.provisioner.fakes;

import org.jspecify.annotations.NullMarked;
