// SPDX-License-Identifier: Apache-2.0
/**
 * Measures: the driver as kubelet calls it, and claims until they are Bound. Prints tables of what
 * was measured, and cleans up what it made, also when it is told to end.
 *
 * <p>May use {@code demo} for its stage, {@code process}, {@code node}, {@code faults}, the Docker
 * Volume Plugin client and the Kubernetes client.
 */
@NullMarked
package storage.dory.e2e.bench;

import org.jspecify.annotations.NullMarked;
