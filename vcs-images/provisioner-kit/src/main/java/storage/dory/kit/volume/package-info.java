// SPDX-License-Identifier: Apache-2.0
/**
 * What is made of a request, without doing it: the options handed to the plugin and the
 * PersistentVolume object.
 *
 * <p>Pure functions. May use the request room and Jackson's tree.
 */
@NullMarked
package storage.dory.kit.volume;

import org.jspecify.annotations.NullMarked;
