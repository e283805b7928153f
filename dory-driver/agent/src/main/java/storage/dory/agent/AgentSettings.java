// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What the agent is started with.
 *
 * @param socket the driver calls
 * @param stateDirectory where records survive the agent
 * @param pluginSockets directory of plugin sockets
 * @param dockerSocket of the Docker engine that may run managed plugins; need not exist
 * @param driverDirectory kubelet's directory of FlexVolume drivers
 * @param driverExecutable what is installed there
 * @param vendor first half of the names of installed drivers
 * @param callLimit within which every call is answered
 */
record AgentSettings(
    Path socket,
    Path stateDirectory,
    Path pluginSockets,
    Path dockerSocket,
    Path driverDirectory,
    Path driverExecutable,
    String vendor,
    Duration callLimit) {}
