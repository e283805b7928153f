// SPDX-License-Identifier: Apache-2.0
/**
 * The main job in one command, as a timeline of steps that are each checked: on the embedded
 * cluster with real programs, or on a given cluster.
 *
 * <p>May use {@code process}, {@code node}, the Docker Volume Plugin client and the Kubernetes
 * client; starts the embedded cluster as a program and compiles against nothing of it.
 */
@NullMarked
package storage.dory.e2e.demo;

import org.jspecify.annotations.NullMarked;
