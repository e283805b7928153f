// SPDX-License-Identifier: Apache-2.0
/**
 * Programs of a checkout and the processes they become: where a program lies, starting it with a
 * log, ending it with all its children, and short commands with a deadline. Depends on no other
 * room.
 */
@NullMarked
package storage.dory.e2e.process;

import org.jspecify.annotations.NullMarked;
