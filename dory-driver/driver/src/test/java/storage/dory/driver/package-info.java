// SPDX-License-Identifier: Apache-2.0
/**
 * Drives the real executable as kubelet does, against agents that behave and agents that do not.
 *
 * <p>May use the JDK, commons-exec to run the executable and Jackson to read what it printed.
 */
@NullMarked
package storage.dory.driver;

import org.jspecify.annotations.NullMarked;
