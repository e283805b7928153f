// SPDX-License-Identifier: Apache-2.0
/**
 * The API server as the commands need it. A refusal names the right that is missing. May use the
 * Kubernetes client and the names of the provisioner; the only room, with the commands, that may.
 */
@NullMarked
package storage.dory.kubectl.cluster;

import org.jspecify.annotations.NullMarked;
