// SPDX-License-Identifier: Apache-2.0
/**
 * {@code kubectl dory reseal}: what the records on volumes say, whether they bear a seal, and
 * whether their ConfigMap vouches for them. Pure. May use the Kubernetes model, the rooms of the
 * provisioner that read objects, and {@code show}.
 */
@NullMarked
package storage.dory.kubectl.reseal;

import org.jspecify.annotations.NullMarked;
