// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.newsclub.net.unix.AFUNIXSocketCredentials;

/**
 * Who may call: root, and the user the agent runs as.
 *
 * @param own user id of this process
 */
record PeerRule(long own) {

  static PeerRule ofThisProcess() throws IOException {
    return new PeerRule(
        ((Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid")).longValue());
  }

  boolean allows(AFUNIXSocketCredentials peer) {
    return peer.getUid() == 0 || peer.getUid() == own;
  }
}
