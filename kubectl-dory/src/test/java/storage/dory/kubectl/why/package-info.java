// SPDX-License-Identifier: Apache-2.0
@NullMarked
package storage.dory.kubectl.why;

import org.jspecify.annotations.NullMarked;
