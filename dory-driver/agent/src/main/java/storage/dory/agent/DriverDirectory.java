// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent;

import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.dory.agent.kubelet.KubeletDirectories;
import storage.dory.agent.kubelet.NodeProcesses;

/** Kubelet's directory of drivers where this process sees it: as it was told, or as it is found. */
final class DriverDirectory {
  private static final Logger LOG = LoggerFactory.getLogger(DriverDirectory.class);

  private final NodeProcesses processes;

  DriverDirectory(NodeProcesses processes) {
    this.processes = processes;
  }

  Path of(AgentSettings settings) {
    return settings.driverDirectory().orElseGet(this::found);
  }

  private Path found() {
    Optional<NodeProcesses.Found> kubelet = processes.kubelet();
    if (kubelet.isEmpty()) {
      LOG.info(
          "drivers directory={} why=\"no process of kubelet is seen: its default\"",
          KubeletDirectories.DEFAULT_DRIVERS);
      return KubeletDirectories.DEFAULT_DRIVERS;
    }
    NodeProcesses.Found found = kubelet.get();
    LOG.info("drivers directory={} why=\"{}\"", found.drivers(), found.directories().told());
    if (!found.rootIsHere()) {
      LOG.error(
          "kubelet's root directory {} is not here: no volume can be mounted for its pods; mount it"
              + " into the agent's pod at the same path, Bidirectional",
          found.directories().root());
    }
    return found.drivers();
  }
}
