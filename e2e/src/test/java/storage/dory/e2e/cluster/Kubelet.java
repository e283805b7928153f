// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.cluster;

import java.util.List;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/**
 * The kubelet of the one node, as a process that can be ended and started.
 *
 * @param command takes one more word, {@code stop} or {@code start}; flags after {@code start} are
 *     added to kubelet's own until the next {@code stop}
 */
record Kubelet(String command) {
  private static final String VARIABLE = "E2E_KUBELET";

  /** The one of the environment; where there is none the test is skipped, and says why. */
  static Kubelet ofThisCluster() {
    String command = System.getenv(VARIABLE);
    if (command == null || command.isEmpty()) {
      throw new TestAbortedException(
          "skipped: " + VARIABLE + " names no command that ends and starts the node's kubelet");
    }
    return new Kubelet(command);
  }

  void stop() {
    new Command(List.of(command, "stop")).run();
  }

  void start(String... flags) {
    new Command(Stream.concat(Stream.of(command, "start"), Stream.of(flags)).toList()).run();
  }
}
