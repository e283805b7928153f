// SPDX-License-Identifier: Apache-2.0
/**
 * The log files that drivers' settings name: lines in the original Dory's form, and their rotation.
 *
 * <p>The agent is the only writer, on one thread; no call waits for a log or fails because of one.
 * What a line says is told by the caller, secrets taken out. May use the JDK and slf4j; depends on
 * no other room.
 */
@NullMarked
package storage.dory.agent.calllog;

import org.jspecify.annotations.NullMarked;
