// SPDX-License-Identifier: Apache-2.0
@NullMarked
package storage.dory.kubectl.listing;

import org.jspecify.annotations.NullMarked;
