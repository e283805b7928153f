// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import storage.dory.agent.host.AgentStart;
import storage.dory.agent.host.HostInstall;
import storage.dory.agent.host.HostOutcome;
import storage.dory.agent.host.HostPlaces;
import storage.dory.agent.host.HostUninstall;
import storage.dory.agent.host.Systemd;
import storage.dory.agent.install.DriverFiles;
import storage.dory.agent.install.DriverHome;
import storage.dory.agent.install.Ledger;
import storage.dory.agent.kubelet.KubeletDirectories;
import storage.dory.agent.kubelet.NodeProcesses;
import storage.dory.agent.mount.FfmMounter;
import storage.dory.agent.records.MountRecord;
import storage.dory.agent.records.RecordFiles;

/** The commands of {@code dory} on a host, each with its options. Builds what they need. */
@Command(
    name = "dory",
    mixinStandardHelpOptions = true,
    subcommands = HelpCommand.class,
    synopsisSubcommandLabel = "(install | uninstall | agent | help)",
    description = {
      "Volumes of Docker Volume Plugins for kubelet, on a host without Kubernetes' help.",
      "dory agent [OPTIONS] runs the agent; dory agent --help shows its options."
    })
final class HostCommand {

  /** Where things are. */
  static final class Places {
    @Option(names = "--driver-dir", defaultValue = "auto", description = FORM)
    private String driverDirectory = "";

    @Option(
        names = "--vendor",
        defaultValue = "dory.storage",
        converter = AgentCommand.Vendor.class,
        description = FORM)
    private String vendor = "";

    @Option(names = "--socket", defaultValue = "/run/dory/agent.sock", description = FORM)
    private Path socket = Path.of("");

    @Option(names = "--state-dir", defaultValue = "/var/lib/dory/agent", description = FORM)
    private Path state = Path.of("");

    @Option(names = "--units-dir", defaultValue = "/etc/systemd/system", description = FORM)
    private Path units = Path.of("");

    @Option(names = "--agent-log", defaultValue = "/var/log/dory-agent.log", description = FORM)
    private Path log = Path.of("");

    private static final String FORM = "default: ${DEFAULT-VALUE}";

    HostPlaces host() {
      return new HostPlaces(
          Path.of(System.getProperty("dory.home", ".")).toAbsolutePath().normalize(),
          state.toAbsolutePath(),
          socket.toAbsolutePath(),
          units.toAbsolutePath(),
          log.toAbsolutePath());
    }

    DriverHome of(String driver) {
      return new DriverHome(drivers(), vendor, driver);
    }

    Ledger ledger() {
      return new Ledger(state.toAbsolutePath().resolve("drivers"));
    }

    Systemd systemd() {
      return new Systemd(host(), Path.of("systemctl"));
    }

    private Path drivers() {
      return driverDirectory.equals("auto")
          ? new NodeProcesses(Path.of("/proc"))
              .kubelet()
              .map(found -> found.directories().drivers())
              .orElse(KubeletDirectories.DEFAULT_DRIVERS)
          : Path.of(driverDirectory).toAbsolutePath();
    }
  }

  @Command(
      name = "install",
      description = "Installs the driver of a plugin, and the agent's start.")
  int install(
      @Mixin Places places,
      @Option(
              names = "--plugin",
              required = true,
              description = "name of the plugin, or path of its socket or address file")
          String plugin,
      @Option(names = "--driver", description = "name of the driver; default: the plugin's")
          Optional<String> driver,
      @Option(
              names = "--start",
              description =
                  "who starts the agent: ${COMPLETION-CANDIDATES}; default: systemd where it runs,"
                      + " else driver")
          Optional<AgentStart> start) {
    HostPlaces host = places.host();
    return told(
        new HostInstall(host, places.ledger(), new DriverFiles(host.driver()), places.systemd())
            .install(
                places.of(driver.orElseGet(() -> nameOf(plugin))),
                plugin,
                start.orElseGet(() -> Systemd.isHere() ? AgentStart.SYSTEMD : AgentStart.DRIVER)));
  }

  /** What is to go. */
  static final class What {
    @Option(names = "--plugin", description = "the plugin whose driver goes")
    private Optional<String> plugin = Optional.empty();

    @Option(names = "--driver", description = "the driver, where it has another name")
    private Optional<String> driver = Optional.empty();

    @Option(names = "--all", description = "every driver that was installed, and the agent")
    private boolean all;
  }

  @Command(name = "uninstall", description = "Takes a driver away, or all of Dory.")
  int uninstall(
      @Mixin Places places,
      @ArgGroup(multiplicity = "1") What what,
      @Option(names = "--with-settings", description = "also where somebody has changed its .json")
          boolean withSettings) {
    HostPlaces host = places.host();
    Path records = host.state().resolve("mounts");
    try (FfmMounter mounter = new FfmMounter()) {
      HostUninstall uninstall =
          new HostUninstall(
              host,
              places.ledger(),
              new DriverFiles(host.driver()),
              places.systemd(),
              new HostUninstall.Uses(
                  new DriverUse(() -> RecordFiles.in(records), mounter::table),
                  () -> RecordFiles.in(records).stream().map(MountRecord::target).toList()));
      return told(
          what.all
              ? uninstall.all(withSettings)
              : uninstall.one(
                  places.of(what.driver.orElseGet(() -> nameOf(what.plugin.orElseThrow()))),
                  withSettings));
    }
  }

  /** {@code NAME}, of {@code NAME}, {@code NAME:tag} or {@code /some/where/NAME.sock}. */
  private static String nameOf(String plugin) {
    String name = String.valueOf(Path.of(plugin).getFileName()).replaceFirst(":.*", "");
    return name.replaceFirst("\\.(sock|spec|json)$", "");
  }

  private static int told(HostOutcome outcome) {
    return switch (outcome) {
      case HostOutcome.Done(var lines) -> {
        lines.forEach(System.out::println);
        yield 0;
      }
      case HostOutcome.Refused(String why) -> {
        System.err.println("dory: " + why);
        yield 1;
      }
    };
  }
}
