// SPDX-License-Identifier: Apache-2.0
@NullMarked
package storage.dory.kubectl;

import org.jspecify.annotations.NullMarked;
