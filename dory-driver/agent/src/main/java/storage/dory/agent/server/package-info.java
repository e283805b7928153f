// SPDX-License-Identifier: Apache-2.0
/**
 * The socket the driver calls: one request line, one reply line, from root or the agent's own user.
 *
 * <p>May use junixsocket; depends on no other room, what a line means is told by the caller.
 */
@NullMarked
package storage.dory.agent.server;

import org.jspecify.annotations.NullMarked;
