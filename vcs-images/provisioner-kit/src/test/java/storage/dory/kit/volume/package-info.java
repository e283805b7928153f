// SPDX-License-Identifier: Apache-2.0
/** Tests of the room of this name; they may use the stand-ins. */
@NullMarked
package storage.dory.kit.volume;

import org.jspecify.annotations.NullMarked;
