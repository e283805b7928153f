// SPDX-License-Identifier: Apache-2.0
/**
 * {@code kubectl dory why}: from what is known of one claim to a waterfall, the reason and what to
 * do. Pure. May use the Kubernetes model, the rooms of the provisioner that read it, and {@code
 * show}.
 */
@NullMarked
package storage.dory.kubectl.why;

import org.jspecify.annotations.NullMarked;
