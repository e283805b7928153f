// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent;

import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.dory.agent.events.PodEvent;
import storage.dory.agent.events.PodEvents;
import storage.dory.agent.records.MountRecord;
import storage.dory.agent.volume.Health;
import storage.dory.agent.volume.MountNews;
import storage.dory.agent.volume.Silence;

/** Writes to the log what becomes of mounts, and onto the pods where there is a cluster. */
final class PodNews implements MountNews {
  private static final Logger LOG = LoggerFactory.getLogger(PodNews.class);

  private final Optional<PodEvents> events;
  private final InstantSource clock;

  PodNews(Optional<PodEvents> events, InstantSource clock) {
    this.events = events;
    this.clock = clock;
  }

  @Override
  public void dead(MountRecord record, Health why) {
    String words =
        switch (why) {
          case Health.Vanished() -> "is not mounted any more, and it was not unmounted by Dory";
          case Health.ServerGone() -> "cannot be used: the volume client that served it has gone";
          case Health.Good() -> "cannot be used";
          case Health.Awaiting() -> "cannot be used";
        };
    LOG.warn("mount dead target={} volume={} why=\"{}\"", record.target(), record.volume(), words);
    post(
        record,
        true,
        "VolumeMountDead",
        volume(record)
            + " "
            + words
            + ". It is mounted again as soon as the plugin at "
            + record.socket()
            + " answers");
  }

  @Override
  public void notRepaired(MountRecord record, String why) {
    post(
        record,
        true,
        "VolumeMountRepairFailed",
        volume(record) + " cannot be mounted again yet, and is tried on: " + why);
  }

  @Override
  public void repaired(MountRecord record) {
    LOG.info("mount repaired target={} volume={}", record.target(), record.volume());
    post(
        record,
        false,
        "VolumeMountRepaired",
        volume(record)
            + " is mounted again. Containers that start from now on have it; those that run"
            + " must be restarted, unless they mount it with mountPropagation HostToContainer");
  }

  @Override
  public void hanging(MountRecord record, Silence whose) {
    LOG.warn("mount hangs target={} volume={} silent={}", record.target(), record.volume(), whose);
    String plugin =
        switch (whose) {
          case PLUGIN -> "does not answer either";
          case SERVER_ONLY -> "answers all the same";
        };
    post(
        record,
        true,
        "VolumeMountHanging",
        volume(record)
            + " hangs: the volume client has not answered for 10 s, and the plugin at "
            + record.socket()
            + " "
            + plugin
            + ". It is left as it is; when the volume client is restarted the volume is mounted"
            + " again");
  }

  @Override
  public void refused(MountRecord record, String why) {
    post(
        record,
        true,
        "VolumeUnmountRefused",
        volume(record)
            + " is off the pod, but may still be in use on the node, and is asked for again: "
            + why);
  }

  private void post(MountRecord record, boolean warning, String reason, String message) {
    events.ifPresent(to ->
        record
            .pod()
            .ifPresent(pod ->
                to.post(
                    new PodEvent(
                        pod.namespace(),
                        pod.name(),
                        pod.uid(),
                        warning,
                        reason,
                        message,
                        clock.instant()))));
  }

  private static String volume(MountRecord record) {
    return "volume " + record.volume();
  }
}
