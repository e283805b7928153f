// SPDX-License-Identifier: Apache-2.0
/**
 * What runs in a provisioning pod: one request, then an exit code and one line that says why.
 *
 * <p>This room holds the program's composition only. May use every other room of the kit; none uses
 * it.
 */
@NullMarked
package storage.dory.kit;

import org.jspecify.annotations.NullMarked;
