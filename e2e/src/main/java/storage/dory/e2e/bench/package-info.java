// SPDX-License-Identifier: Apache-2.0
/**
 * Benchmarks that print what they measure as a small table: calls of the driver, and claims to
 * Bound.
 *
 * <p>May use {@code demo}'s stage of programs, {@code process}, the Docker Volume Plugin client and
 * the Kubernetes client.
 */
@NullMarked
package storage.dory.e2e.bench;

import org.jspecify.annotations.NullMarked;
