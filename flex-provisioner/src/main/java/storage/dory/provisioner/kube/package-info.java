// SPDX-License-Identifier: Apache-2.0
/**
 * The only room that talks to the API server: informers, writes with deadlines, events. Implements
 * the ports of {@code control}, {@code admission} and {@code election}; may use the Kubernetes
 * client.
 */
@NullMarked
package storage.dory.provisioner.kube;

import org.jspecify.annotations.NullMarked;
