// SPDX-License-Identifier: Apache-2.0
/** Tests of the demo and, with its stage, of all programs together on the embedded cluster. */
@NullMarked
package storage.dory.e2e.demo;

import org.jspecify.annotations.NullMarked;
