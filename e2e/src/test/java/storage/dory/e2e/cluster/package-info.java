// SPDX-License-Identifier: Apache-2.0
/**
 * Tests against a cluster with a real kubelet: the one that {@code E2E_KUBECONFIG} names, else k3s
 * in a container where an engine answers, else none and every test is skipped with that reason.
 *
 * <p>May use the Kubernetes client, Testcontainers and kubectl as a process; sees nothing of the
 * programs under test but what a user of the cluster sees.
 */
@NullMarked
package storage.dory.e2e.cluster;

import org.jspecify.annotations.NullMarked;
