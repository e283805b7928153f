// SPDX-License-Identifier: Apache-2.0
/**
 * Installs a driver for each plugin socket on the node, and takes away what it has installed: the
 * ledger of installations, the decision whether one may go, and the files below kubelet's
 * directory.
 *
 * <p>May use the plugin client's directories and Jackson; depends on no other room. Who uses a
 * driver is told by the caller.
 */
@NullMarked
package storage.dory.agent.install;

import org.jspecify.annotations.NullMarked;
