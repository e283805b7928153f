// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.flex;

import java.util.List;
import java.util.Optional;

/**
 * One run of a driver, before it is understood.
 *
 * @param pid of the driver's process as it sees itself; 0 when it did not say
 * @param verb what kubelet asks for
 * @param args what follows the verb; secrets may be in them
 * @param said what the driver has answered by itself; then nothing is asked, only told
 */
public record FlexRequest(
    DriverPath driver, long pid, String verb, List<String> args, Optional<String> said) {
  public FlexRequest {
    args = List.copyOf(args);
  }

  /** Without the arguments: they may be secret. */
  @Override
  public String toString() {
    return "FlexRequest[" + driver + ", " + verb + ", " + args.size() + " arguments]";
  }
}
