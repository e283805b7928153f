// SPDX-License-Identifier: Apache-2.0
@NullMarked
package storage.dory.kubectl.show;

import org.jspecify.annotations.NullMarked;
