// SPDX-License-Identifier: Apache-2.0
/**
 * The commands of {@code kubectl dory}: flags, which objects are read for them, exit codes. May use
 * every room below; none uses it.
 */
@NullMarked
package storage.dory.kubectl;

import org.jspecify.annotations.NullMarked;
