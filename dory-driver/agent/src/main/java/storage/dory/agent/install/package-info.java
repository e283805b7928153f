// SPDX-License-Identifier: Apache-2.0
/**
 * Installs a driver for each plugin socket on the node.
 *
 * <p>May use the plugin client's directories and Jackson; depends on no other room.
 */
@NullMarked
package storage.dory.agent.install;

import org.jspecify.annotations.NullMarked;
