// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.dory.agent.flex.DriverPath;
import storage.dory.agent.flex.DriverSettings;
import storage.dory.agent.flex.FlexCall;
import storage.dory.agent.flex.FlexCodec;
import storage.dory.agent.flex.FlexOptions;
import storage.dory.agent.flex.FlexReply;
import storage.dory.agent.flex.TargetDirectory;
import storage.dory.agent.volume.MountRequest;
import storage.dory.agent.volume.VolumeOutcome;
import storage.dory.agent.volume.Volumes;
import storage.dory.plugin.MountId;
import storage.dory.plugin.PluginDirectories;
import storage.dory.plugin.VolumeName;

/** From a driver's request line to its reply line. Never throws; safe for many threads. */
final class DriverCalls {
  private static final Logger LOG = LoggerFactory.getLogger(DriverCalls.class);

  private final AgentSettings settings;
  private final Volumes volumes;
  private final PluginDirectories plugins;
  private final FlexCodec codec = new FlexCodec();

  DriverCalls(AgentSettings settings, Volumes volumes, PluginDirectories plugins) {
    this.settings = settings;
    this.volumes = volumes;
    this.plugins = plugins;
  }

  String answer(String line) {
    try {
      return codec.write(answer(codec.read(line)));
    } catch (IllegalArgumentException e) {
      return refusal(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      LOG.error("a call failed", e);
      return refusal("the agent failed: " + e + "; its log says more");
    }
  }

  String refusal(String why) {
    return codec.write(new FlexReply.Failure(why));
  }

  private FlexReply answer(FlexCall call) {
    return switch (call) {
      case FlexCall.Mount(DriverPath driver, TargetDirectory target, FlexOptions options) ->
          mount(driver, target, options);
      case FlexCall.Unmount(DriverPath driver, TargetDirectory target) ->
          reply(
              volumes.unmount(
                  target.path(),
                  socketOf(driver, settingsOf(driver)),
                  new MountId(target.podUid()),
                  settings.callLimit()));
      case FlexCall.Attach(DriverPath driver, FlexOptions options) -> attach(driver, options);
      case FlexCall.Config(DriverPath driver) -> new FlexReply.Told(inForce(driver));
      case FlexCall.Unknown ignored -> new FlexReply.NotSupported();
      case FlexCall.Unusable(String why) -> new FlexReply.Failure(why);
    };
  }

  private FlexReply mount(DriverPath driver, TargetDirectory target, FlexOptions options) {
    DriverSettings driverSettings = settingsOf(driver);
    Path socket = socketOf(driver, driverSettings);
    if (!Files.exists(socket)) {
      return noSocket(driver, socket);
    }
    return reply(
        volumes.mount(
            new MountRequest(
                target.path(),
                socket,
                new VolumeName(options.volumeName().orElse(target.volume())),
                new MountId(options.podUid().orElse(target.podUid())),
                options.readOnly(),
                createWith(driverSettings, options)),
            settings.callLimit()));
  }

  /** As the original: the volume is made while kubelet believes to attach, which is not our job. */
  private FlexReply attach(DriverPath driver, FlexOptions options) {
    DriverSettings driverSettings = settingsOf(driver);
    Path socket = socketOf(driver, driverSettings);
    if (!Files.exists(socket)) {
      return noSocket(driver, socket);
    }
    Optional<String> name = options.volumeName();
    if (name.isEmpty()) {
      return new FlexReply.Failure("attach: the options name no volume");
    }
    VolumeOutcome made =
        volumes.ensureExists(
            socket,
            new VolumeName(name.get()),
            createWith(driverSettings, options),
            settings.callLimit());
    return switch (made) {
      case VolumeOutcome.Done() -> new FlexReply.NotSupported();
      case VolumeOutcome.Failed(String why) -> new FlexReply.Failure(why);
    };
  }

  private static Optional<Map<String, String>> createWith(
      DriverSettings driverSettings, FlexOptions options) {
    return driverSettings.createVolumes()
        ? Optional.of(options.forCreate(driverSettings.stripKubernetes()))
        : Optional.empty();
  }

  private String inForce(DriverPath driver) {
    DriverSettings of = settingsOf(driver);
    Path socket = socketOf(driver, of);
    return "driver="
        + driver.name()
        + " settings="
        + settingsFile(driver).map(Path::toString).orElse("none, defaults")
        + " dockerVolumePluginSocketPath="
        + socket
        + (Files.exists(socket) ? "" : " (absent)")
        + " createVolumes="
        + of.createVolumes()
        + " stripK8sFromOptions="
        + of.stripKubernetes()
        + " callLimit="
        + settings.callLimit().toMillis()
        + "ms";
  }

  private DriverSettings settingsOf(DriverPath driver) {
    Optional<Path> file = settingsFile(driver);
    try {
      return DriverSettings.of(file.isPresent() ? Files.readString(file.get()) : "");
    } catch (IOException e) {
      LOG.warn("driver settings not read file={} why=\"{}\"", file, e.toString());
      return DriverSettings.of("");
    }
  }

  /** Beside the executable as kubelet called it, or where the agent sees the same directory. */
  private Optional<Path> settingsFile(DriverPath driver) {
    return List.of(driver.settings(), driver.settingsBelow(settings.driverDirectory())).stream()
        .filter(Path::isAbsolute)
        .filter(Files::isRegularFile)
        .findFirst();
  }

  private Path socketOf(DriverPath driver, DriverSettings driverSettings) {
    String plugin = driverSettings.plugin().orElse(driver.name());
    if (plugin.startsWith("/")) {
      return Path.of(plugin).normalize();
    }
    return plugins
        .socketOf(plugin)
        .orElseGet(() -> settings.pluginSockets().resolve(plugin + ".sock").normalize());
  }

  private static FlexReply noSocket(DriverPath driver, Path socket) {
    return new FlexReply.Failure(
        "no plugin socket at "
            + socket
            + ": is the volume client's pod of this node running? Another socket can be named by"
            + " dockerVolumePluginSocketPath in "
            + driver.settings());
  }

  private static FlexReply reply(VolumeOutcome outcome) {
    return switch (outcome) {
      case VolumeOutcome.Done() -> new FlexReply.Success();
      case VolumeOutcome.Failed(String why) -> new FlexReply.Failure(why);
    };
  }
}
