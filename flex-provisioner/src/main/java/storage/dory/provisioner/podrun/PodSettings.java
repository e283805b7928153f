// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.podrun;

/**
 * What is the same for every pod.
 *
 * @param kubeApi URL of the API server, handed to pods
 * @param pluginSockets directory on nodes where volume plugins listen
 * @param volumesDir mount root of volume clients on nodes
 * @param stateDir state of volume clients on nodes
 */
public record PodSettings(
    String kubeApi, String pluginSockets, String volumesDir, String stateDir) {}
