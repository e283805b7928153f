// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.dory.agent.flex.ConfigReport;
import storage.dory.agent.flex.DriverPath;
import storage.dory.agent.flex.DriverSettings;
import storage.dory.agent.flex.FlexCall;
import storage.dory.agent.flex.FlexCodec;
import storage.dory.agent.flex.FlexOptions;
import storage.dory.agent.flex.FlexReply;
import storage.dory.agent.flex.FlexRequest;
import storage.dory.agent.flex.TargetDirectory;
import storage.dory.agent.records.PodReference;
import storage.dory.agent.records.Wishes;
import storage.dory.agent.volume.MountRequest;
import storage.dory.agent.volume.VolumeOutcome;
import storage.dory.agent.volume.Volumes;
import storage.dory.plugin.MountId;
import storage.dory.plugin.VolumeName;

/** From a driver's request line to its reply line. Never throws; safe for many threads. */
final class DriverCalls {
  private static final Logger LOG = LoggerFactory.getLogger(DriverCalls.class);

  private final AgentSettings settings;
  private final Volumes volumes;
  private final DriverHomes homes;
  private final CallJournal journal;
  private final SelinuxLabels labels;
  private final ConfigReport report = new ConfigReport(Version.TEXT);
  private final FlexCodec codec = new FlexCodec();

  DriverCalls(
      AgentSettings settings,
      Volumes volumes,
      DriverHomes homes,
      CallJournal journal,
      SelinuxLabels labels) {
    this.settings = settings;
    this.volumes = volumes;
    this.homes = homes;
    this.journal = journal;
    this.labels = labels;
  }

  /** Nothing to say to a driver that has only told what it has answered by itself. */
  String answer(String line) {
    try {
      FlexRequest request = codec.request(line);
      DriverSettings of = homes.settingsOf(request.driver());
      CallJournal.Page page = journal.open(request, of);
      if (request.said().isPresent()) {
        page.close(request.said().get());
        return "";
      }
      String reply = codec.write(answer(codec.call(request), of));
      page.close(reply);
      return reply;
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

  private FlexReply answer(FlexCall call, DriverSettings of) {
    try {
      return reply(call, of);
    } catch (IllegalArgumentException e) {
      return new FlexReply.Failure(String.valueOf(e.getMessage()));
    }
  }

  private FlexReply reply(FlexCall call, DriverSettings of) {
    return switch (call) {
      case FlexCall.Mount(DriverPath driver, TargetDirectory target, FlexOptions options) ->
          mount(driver, of, target, options);
      case FlexCall.Unmount(DriverPath driver, TargetDirectory target) ->
          reply(
              volumes.unmount(
                  target.path(),
                  homes.placeOf(driver, of),
                  new MountId(target.podUid()),
                  settings.callLimit()));
      case FlexCall.Attach(DriverPath driver, FlexOptions options) -> attach(driver, of, options);
      case FlexCall.Config(DriverPath driver) -> new FlexReply.Told(inForce(driver, of));
      case FlexCall.Unknown ignored -> new FlexReply.NotSupported();
      case FlexCall.Unusable(String why) -> new FlexReply.Failure(why);
    };
  }

  private FlexReply mount(
      DriverPath driver,
      DriverSettings driverSettings,
      TargetDirectory target,
      FlexOptions options) {
    Path socket = homes.placeOf(driver, driverSettings);
    if (!homes.isThere(socket)) {
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
                createWith(driverSettings, options),
                new Wishes(
                    labels.typeFor(driverSettings, options),
                    driverSettings.asked().fsTypeOption().flatMap(name -> options.fsType()),
                    options.fsGroup()),
                podOf(target, options)),
            settings.callLimit()));
  }

  private static Optional<PodReference> podOf(TargetDirectory target, FlexOptions options) {
    return options
        .podNamespace()
        .flatMap(namespace ->
            options
                .podName()
                .map(name ->
                    new PodReference(namespace, name, options.podUid().orElse(target.podUid()))));
  }

  /** As the original: the volume is made while kubelet believes to attach, which is not our job. */
  private FlexReply attach(DriverPath driver, DriverSettings driverSettings, FlexOptions options) {
    Path socket = homes.placeOf(driver, driverSettings);
    if (!homes.isThere(socket)) {
      return noSocket(driver, socket);
    }
    Optional<String> name = options.volumeName();
    if (name.isEmpty()) {
      return new FlexReply.Failure("name is required: the options name no volume");
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
    return driverSettings.createVolumes() && options.mayBeCreated()
        ? Optional.of(
            options.forCreate(
                driverSettings.stripKubernetes(), driverSettings.asked().fsTypeOption()))
        : Optional.empty();
  }

  private String inForce(DriverPath driver, DriverSettings of) {
    Path socket = homes.placeOf(driver, of);
    return report.of(
        driver,
        homes.fileShown(driver),
        of,
        socket + (homes.isThere(socket) ? "" : " (absent)"),
        journal.placeOf(driver, of).shown());
  }

  private static FlexReply noSocket(DriverPath driver, Path socket) {
    return new FlexReply.Failure(
        "Unable to communicate with docker volume plugin - no plugin socket at "
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
