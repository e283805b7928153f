// SPDX-License-Identifier: Apache-2.0
/**
 * What is mounted, and mounting: the table the kernel shows, and mount(2), umount2(2) and open(2)
 * through the foreign function API.
 *
 * <p>Everything that can block on a dead filesystem has a limit. May use the JDK only.
 */
@NullMarked
package storage.dory.agent.mount;

import org.jspecify.annotations.NullMarked;
