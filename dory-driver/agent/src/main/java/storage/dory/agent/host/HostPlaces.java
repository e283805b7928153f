// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.host;

import java.nio.file.Path;

/**
 * Where things are on a host.
 *
 * @param home what was unpacked: {@code dory}, {@code bin/dory}, {@code systemd/}
 * @param state of the agent: records, ledger
 * @param socket of the agent
 * @param units directory of systemd's units that administrators write
 * @param log of an agent that systemd does not start
 */
public record HostPlaces(Path home, Path state, Path socket, Path units, Path log) {
  /** What is installed as driver. */
  public Path driver() {
    return home.resolve("dory");
  }

  /** The program that starts the agent. */
  public Path program() {
    return home.resolve("bin/dory");
  }

  Path besideSocket(String suffix) {
    return socket.resolveSibling(socket.getFileName() + suffix);
  }
}
