// SPDX-License-Identifier: Apache-2.0
/**
 * The node process behind the driver: composition roots of the agent and of the commands on a host,
 * settings, and the way from a driver's call to what is done about it.
 *
 * <p>May use every room below it; none of them uses this one.
 */
@NullMarked
package storage.dory.agent;

import org.jspecify.annotations.NullMarked;
