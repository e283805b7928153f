// SPDX-License-Identifier: Apache-2.0
/** Tests of the room of the same name. */
@NullMarked
package storage.dory.e2e.node;

import org.jspecify.annotations.NullMarked;
