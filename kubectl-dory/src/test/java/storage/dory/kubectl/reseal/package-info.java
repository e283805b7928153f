// SPDX-License-Identifier: Apache-2.0
@NullMarked
package storage.dory.kubectl.reseal;

import org.jspecify.annotations.NullMarked;
