// SPDX-License-Identifier: Apache-2.0
/**
 * A cluster in one thread with a clock of its own: API objects, binder, scheduler, kubelet, users,
 * and a provisioner that may be killed at any request. Everything that happens follows from a seed.
 * May use the model types of Kubernetes and the provisioner's ports.
 */
@NullMarked
package storage.dory.provisioner.simulation;

import org.jspecify.annotations.NullMarked;
