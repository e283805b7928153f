// SPDX-License-Identifier: Apache-2.0
/**
 * {@code kubectl dory list}: from claims, pods, volumes and events to rows. Pure. May use the
 * Kubernetes model, the rooms of the provisioner that read it, and {@code show}.
 */
@NullMarked
package storage.dory.kubectl.listing;

import org.jspecify.annotations.NullMarked;
