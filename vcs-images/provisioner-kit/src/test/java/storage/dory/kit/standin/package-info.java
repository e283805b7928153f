// SPDX-License-Identifier: Apache-2.0
/**
 * Stand-ins of an API server and of a Docker Volume Plugin, for the tests of the kit, for training
 * its start-up cache and for measuring its start-up.
 *
 * <p>The JDK and Jackson only; depends on no other room.
 */
@NullMarked
package storage.dory.kit.standin;

import org.jspecify.annotations.NullMarked;
