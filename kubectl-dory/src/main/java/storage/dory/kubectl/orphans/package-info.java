// SPDX-License-Identifier: Apache-2.0
/**
 * {@code kubectl dory orphans}: what a plugin lists against what the cluster knows, and the pods
 * that ask a plugin. Pure. May use the Kubernetes model, Jackson, the rooms of the provisioner that
 * read objects, and {@code show}.
 */
@NullMarked
package storage.dory.kubectl.orphans;

import org.jspecify.annotations.NullMarked;
