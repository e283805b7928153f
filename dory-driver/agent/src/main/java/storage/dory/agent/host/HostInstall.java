// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.host;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import storage.dory.agent.install.DriverFiles;
import storage.dory.agent.install.DriverHome;
import storage.dory.agent.install.Installation;
import storage.dory.agent.install.Ledger;

/** {@code dory install}: one driver, and somebody who starts the agent. May be repeated. */
public final class HostInstall {
  private final HostPlaces places;
  private final Ledger ledger;
  private final DriverFiles files;
  private final Systemd systemd;

  public HostInstall(HostPlaces places, Ledger ledger, DriverFiles files, Systemd systemd) {
    this.places = places;
    this.ledger = ledger;
    this.files = files;
    this.systemd = systemd;
  }

  /**
   * Installs a driver, in place of one that is there; settings that somebody else has written or
   * changed are kept.
   *
   * @param plugin a path, or a name that is looked up at each call
   */
  public HostOutcome install(DriverHome home, String plugin, AgentStart start) {
    if (!Files.isExecutable(places.driver())) {
      return new HostOutcome.Refused("no driver at " + places.driver() + ": unpack Dory anew");
    }
    byte[] settings = settings(plugin, start);
    try {
      Optional<String> before = files.contents(home).settings();
      String ours = DriverFiles.hash(settings);
      Optional<String> noted = ledger.find(home).flatMap(Installation::settings);
      boolean mayWrite = before.isEmpty() || before.equals(noted) || before.get().equals(ours);
      if (mayWrite && before.isPresent()) {
        files.writeSettings(home, settings);
      }
      ledger.write(new Installation(home, mayWrite ? Optional.of(ours) : Optional.empty()));
      files.install(home, settings);
      if (start == AgentStart.SYSTEMD) {
        systemd.enable();
      }
      return new HostOutcome.Done(report(home, plugin, start, mayWrite));
    } catch (IOException e) {
      return new HostOutcome.Refused(
          "installing " + home.executable() + ": " + e + "; once that is mended, run it again");
    }
  }

  private List<String> report(DriverHome home, String plugin, AgentStart start, boolean written) {
    List<String> lines = new ArrayList<>();
    lines.add("driver    " + home.executable());
    lines.add("settings  " + home.settings() + (written ? "" : " (yours, kept as it is)"));
    lines.add("plugin    " + plugin);
    lines.add("volumes   ask for it as flexVolume.driver: " + home.vendor() + "/" + home.driver());
    lines.add(
        "agent     "
            + switch (start) {
              case SYSTEMD -> "started by systemd: dory-agent.socket";
              case DRIVER ->
                  written
                      ? "started by the driver"
                      : "started by the driver if its settings have \"startAgent\": \""
                          + places.program()
                          + "\"";
              case NOBODY -> "to be started by you: " + places.program() + " agent";
            });
    return lines;
  }

  private byte[] settings(String plugin, AgentStart start) {
    ObjectNode node =
        JsonNodeFactory.instance.objectNode().put("dockerVolumePluginSocketPath", plugin);
    if (start == AgentStart.DRIVER) {
      node.put("startAgent", places.program().toString());
    }
    return (node.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
