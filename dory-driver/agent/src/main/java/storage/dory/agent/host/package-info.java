// SPDX-License-Identifier: Apache-2.0
/**
 * Dory on a host without Kubernetes' help: installs drivers by command, has the agent started by
 * systemd or by the driver, and takes everything away again.
 *
 * <p>May use the rooms {@code install} and Jackson, and junixsocket to find the agent's process.
 */
@NullMarked
package storage.dory.agent.host;

import org.jspecify.annotations.NullMarked;
