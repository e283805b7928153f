// SPDX-License-Identifier: Apache-2.0
/**
 * A cluster for demo and fast tests: fabric8's API mock, and small stand-ins for what
 * kube-controller-manager, kube-scheduler and kubelet do that a claim needs.
 *
 * <p>It is not Kubernetes and says so. Its API semantics are weaker than a real server's, so only
 * our own logic is proved here. The driver it calls, the programs it runs and the mounts they make
 * are real. May use {@code node}, {@code process}, the Kubernetes client and its mock.
 */
@NullMarked
package storage.dory.e2e.embedded;

import org.jspecify.annotations.NullMarked;
