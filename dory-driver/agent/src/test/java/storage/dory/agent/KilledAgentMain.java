// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent;

import java.io.IOException;
import java.util.Arrays;
import java.util.Set;
import picocli.CommandLine;
import storage.dory.agent.mount.Mounter;
import storage.dory.plugin.VolumePlugin;

/**
 * The agent as it is shipped, but that it kills itself at the moment that is its first argument.
 * Counted are its effects for the pod that is its second one, of recovery and background work too.
 * Volumes are not counted as they are made, since they are no pod's.
 */
final class KilledAgentMain {
  private KilledAgentMain() {}

  public static void main(String[] arguments) throws IOException {
    Moments moments = new Moments(Integer.parseInt(arguments[0]), arguments[1]);
    AgentCommand command = new AgentCommand();
    new CommandLine(command).parseArgs(Arrays.copyOfRange(arguments, 2, arguments.length));
    Agent.start(
        command.settings(),
        mounter ->
            moments.around(
                Mounter.class, mounter, Set.of("makeTarget", "bind", "unmount", "detach")),
        plugin -> moments.around(VolumePlugin.class, plugin, Set.of("mount", "unmount")));
    System.out.println("ready");
  }
}
