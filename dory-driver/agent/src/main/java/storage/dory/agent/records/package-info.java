// SPDX-License-Identifier: Apache-2.0
/**
 * One file a target directory that says how far a mount or unmount has come, written before the
 * step it announces, so that a killed agent can finish or undo it.
 *
 * <p>May use Jackson and the names of the plugin client; depends on no other room.
 */
@NullMarked
package storage.dory.agent.records;

import org.jspecify.annotations.NullMarked;
