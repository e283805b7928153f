// SPDX-License-Identifier: Apache-2.0
/**
 * The Kubernetes API as far as a provisioning pod needs it: create and read a PersistentVolume.
 *
 * <p>Answers are values. May use the HTTP client and Jackson; depends on no other room.
 */
@NullMarked
package storage.dory.kit.kube;

import org.jspecify.annotations.NullMarked;
