// SPDX-License-Identifier: Apache-2.0
/** Tests of the room of this name. */
@NullMarked
package storage.dory.e2e.faults;

import org.jspecify.annotations.NullMarked;
