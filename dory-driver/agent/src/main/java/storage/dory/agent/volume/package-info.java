// SPDX-License-Identifier: Apache-2.0
/**
 * Mounts and unmounts volumes: decisions from record, mount table and request to the next step, and
 * the hands that carry them out, tell plugins later and recover after a crash.
 *
 * <p>May use flex, mount, records and the plugin client. Knows nothing of sockets or processes.
 */
@NullMarked
package storage.dory.agent.volume;

import org.jspecify.annotations.NullMarked;
