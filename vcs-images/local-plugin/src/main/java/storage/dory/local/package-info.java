// SPDX-License-Identifier: Apache-2.0
/**
 * The local volume plugin's program: flags, composition, signals.
 *
 * <p>Holds no logic of its own. May use every other package of this module and picocli; nothing may
 * use it.
 */
@NullMarked
package storage.dory.local;

import org.jspecify.annotations.NullMarked;
