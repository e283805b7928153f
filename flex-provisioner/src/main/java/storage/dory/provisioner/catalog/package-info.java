// SPDX-License-Identifier: Apache-2.0
/**
 * From the text of provisioner ConfigMaps to definitions in force.
 *
 * <p>The table of keys is the one source for parsing and documentation. Parsing tells every problem
 * at once; the catalog keeps the last good definition of each ConfigMap. No input or output. May
 * use Jackson; depends on no other room.
 */
@NullMarked
package storage.dory.provisioner.catalog;

import org.jspecify.annotations.NullMarked;
