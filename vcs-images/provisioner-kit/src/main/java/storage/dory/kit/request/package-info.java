// SPDX-License-Identifier: Apache-2.0
/**
 * What is asked: property files read, and understood as one request or refused with every problem
 * at once.
 *
 * <p>Depends on the names and directories of the plugin client and on no other room.
 */
@NullMarked
package storage.dory.kit.request;

import org.jspecify.annotations.NullMarked;
