// SPDX-License-Identifier: Apache-2.0
/**
 * Looks after mounts that nobody asks about: notices within seconds that one is dead, has it
 * repaired at the pace its plugin allows, and tells of one that hangs.
 *
 * <p>May use volume, records and the names of the plugin client. Decides when; volume does it.
 */
@NullMarked
package storage.dory.agent.watch;

import org.jspecify.annotations.NullMarked;
