// SPDX-License-Identifier: Apache-2.0
/**
 * What a command has to say, as a table, JSON or YAML. Pure. May use Jackson; depends on no other
 * room.
 */
@NullMarked
package storage.dory.kubectl.show;

import org.jspecify.annotations.NullMarked;
