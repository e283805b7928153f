// SPDX-License-Identifier: Apache-2.0
/**
 * The decision: from everything the cluster shows about one request to the one next step. Pure;
 * time comes in as a value. May use {@code catalog}, {@code volume}, {@code podrun}, the back-off
 * of {@code reconcile}, {@code identity} and the Kubernetes model types as values.
 */
@NullMarked
package storage.dory.provisioner.claim;

import org.jspecify.annotations.NullMarked;
