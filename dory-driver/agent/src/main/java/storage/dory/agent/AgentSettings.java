// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What the agent is started with.
 *
 * @param socket the driver calls
 * @param stateDirectory where records survive the agent
 * @param pluginSockets directory of plugin sockets
 * @param dockerSocket of the Docker engine that may run managed plugins; need not exist
 * @param driverDirectory kubelet's directory of FlexVolume drivers; empty: to be found
 * @param driverExecutable what is installed there
 * @param driverGrace how long a plugin is gone before its driver goes; empty: drivers are installed
 *     and removed by somebody else
 * @param vendor first half of the names of installed drivers
 * @param callLimit within which every call is answered
 */
record AgentSettings(
    Path socket,
    Path stateDirectory,
    Path pluginSockets,
    Path dockerSocket,
    Optional<Path> driverDirectory,
    Path driverExecutable,
    Optional<Duration> driverGrace,
    String vendor,
    Duration callLimit) {}
