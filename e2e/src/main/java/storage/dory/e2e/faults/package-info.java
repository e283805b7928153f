// SPDX-License-Identifier: Apache-2.0
/**
 * Trouble between a program and its API server: a proxy that answers errors, is silent, loses
 * answers and drops watches, as a seeded plan says. Depends on no other room.
 */
@NullMarked
package storage.dory.e2e.faults;

import org.jspecify.annotations.NullMarked;
