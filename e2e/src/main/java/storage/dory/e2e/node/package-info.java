// SPDX-License-Identifier: Apache-2.0
/** What a node shows of itself: its mount table. Depends on no other room. */
@NullMarked
package storage.dory.e2e.node;

import org.jspecify.annotations.NullMarked;
