// SPDX-License-Identifier: Apache-2.0
/**
 * Volumes: what they are, what is remembered of them on disk, and what may be done to them when.
 *
 * <p>A record on disk is written before each step it announces, so that a step that was cut off is
 * finished or undone later. May use the host package, Jackson for the records, and slf4j.
 */
@NullMarked
package storage.dory.local.volumes;

import org.jspecify.annotations.NullMarked;
