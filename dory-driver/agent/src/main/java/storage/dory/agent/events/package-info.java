// SPDX-License-Identifier: Apache-2.0
/**
 * Events on pods, posted to the cluster's API server with the service account of the agent's pod.
 *
 * <p>May use Jackson and OkHttp; depends on no other room.
 */
@NullMarked
package storage.dory.agent.events;

import org.jspecify.annotations.NullMarked;
