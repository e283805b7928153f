// SPDX-License-Identifier: Apache-2.0
/** Tests of the embedded cluster. */
@NullMarked
package storage.dory.e2e.embedded;

import org.jspecify.annotations.NullMarked;
