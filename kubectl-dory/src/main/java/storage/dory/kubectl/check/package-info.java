// SPDX-License-Identifier: Apache-2.0
/**
 * {@code kubectl dory check}: what is wrong with a provisioner ConfigMap, by the parser of the
 * provisioner. Pure. May use Jackson, the catalog of the provisioner, and {@code show}.
 */
@NullMarked
package storage.dory.kubectl.check;

import org.jspecify.annotations.NullMarked;
