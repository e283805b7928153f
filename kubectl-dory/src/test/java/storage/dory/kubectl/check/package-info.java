// SPDX-License-Identifier: Apache-2.0
@NullMarked
package storage.dory.kubectl.check;

import org.jspecify.annotations.NullMarked;
