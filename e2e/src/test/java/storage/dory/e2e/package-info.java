// SPDX-License-Identifier: Apache-2.0
/** The test that holds the rooms of this module to their edges. */
@NullMarked
package storage.dory.e2e;

import org.jspecify.annotations.NullMarked;
