// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.dory.agent.calllog.CallLog;
import storage.dory.agent.events.ClusterAccess;
import storage.dory.agent.events.PodEvents;
import storage.dory.agent.install.DriverInstaller;
import storage.dory.agent.install.Ledger;
import storage.dory.agent.kubelet.NodeProcesses;
import storage.dory.agent.kubelet.RunningKubelet;
import storage.dory.agent.mount.FfmMounter;
import storage.dory.agent.mount.FuseConnections;
import storage.dory.agent.mount.Mounter;
import storage.dory.agent.records.BootMark;
import storage.dory.agent.records.Breadcrumbs;
import storage.dory.agent.records.RecordStore;
import storage.dory.agent.server.CallServer;
import storage.dory.agent.server.Entrance;
import storage.dory.agent.volume.Settling;
import storage.dory.agent.volume.Stopped;
import storage.dory.agent.volume.Volumes;
import storage.dory.agent.watch.MountWatch;
import storage.dory.plugin.PluginDirectories;
import storage.dory.plugin.PluginPlaces;
import storage.dory.plugin.VolumePlugin;

/** The running agent, from recovery to stop. Builds its parts leaf to root. */
final class Agent {
  private static final Logger LOG = LoggerFactory.getLogger(Agent.class);
  private static final Duration RECOVERY = Duration.ofSeconds(30);

  /** Of the 5 s a stop may take. */
  private static final Duration LAST_CALLS = Duration.ofSeconds(4);

  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  private static final Path SERVICE_ACCOUNT =
      Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

  private final FileChannel stateLock;
  private final CallServer server;
  private final List<AutoCloseable> background;
  private final CallLog log;

  private Agent(
      FileChannel stateLock, CallServer server, List<AutoCloseable> background, CallLog log) {
    this.stateLock = stateLock;
    this.server = server;
    this.background = background;
    this.log = log;
  }

  /** Recovers, then serves. */
  static Agent start(AgentSettings settings) throws IOException {
    return start(settings, UnaryOperator.identity(), UnaryOperator.identity());
  }

  /** As {@link #start(AgentSettings)}, with somebody between it and what it does to the node. */
  static Agent start(
      AgentSettings settings, UnaryOperator<Mounter> mounting, UnaryOperator<VolumePlugin> talking)
      throws IOException {
    FileChannel stateLock = lock(settings.stateDirectory());
    Mounter mounter = mounting.apply(new FfmMounter());
    Path drivers = new DriverDirectory(new NodeProcesses(Path.of("/proc"))).of(settings);
    PluginDirectories plugins =
        new PluginDirectories(settings.pluginSockets(), PluginDirectories.DOCKERS_ADDRESSES);
    PluginPlaces places = new PluginPlaces(plugins, settings.dockerSocket());
    RecordStore records = RecordStore.open(settings.stateDirectory().resolve("mounts"));
    Optional<PodEvents> events =
        ClusterAccess.of(System.getenv(), SERVICE_ACCOUNT).map(PodEvents::to);
    PodNews news = new PodNews(events, InstantSource.system());
    Volumes volumes =
        new Volumes(
            records,
            new Volumes.Node(mounter, new FuseConnections(mounter::table), System::nanoTime),
            place -> talking.apply(places.open(place)),
            new Breadcrumbs(drivers),
            news);
    BootMark boot = new BootMark(BOOT_ID, settings.stateDirectory().resolve("boot"));
    volumes.recover(RECOVERY, boot.isSame() ? Stopped.AGENT : Stopped.NODE);
    boot.set();
    MountWatch watch =
        new MountWatch(volumes, news, System::nanoTime, RandomGenerator.getDefault());

    CallLog log = new CallLog(InstantSource.system(), ZoneId.systemDefault());
    DriverCalls calls =
        new DriverCalls(
            settings,
            volumes,
            new DriverHomes(places, drivers),
            new CallJournal(log, settings.vendor()),
            SelinuxLabels.of(Path.of("/proc/filesystems")));
    RunningKubelet kubelet = new RunningKubelet(new NodeProcesses(Path.of("/proc")));
    Settling settling = new Settling(volumes, System::nanoTime);
    Optional<DriverInstaller> installer =
        settings
            .driverGrace()
            .map(grace ->
                new DriverInstaller(
                    plugins,
                    new DriverInstaller.Place(
                        settings.driverExecutable(), drivers, settings.vendor()),
                    new Ledger(settings.stateDirectory().resolve("drivers")),
                    new DriverUse(records::all, mounter::table),
                    new DriverInstaller.Patience(grace, System::nanoTime),
                    () -> kubelet.look().map(Object::toString)));
    CallServer server =
        CallServer.start(
            Entrance.of(settings.socket(), System.getenv(), ProcessHandle.current().pid()),
            CallServer.Limits.DEFAULT,
            new CallServer.Replies(calls::answer, calls::refusal));
    settling.start();
    watch.start();
    installer.ifPresent(DriverInstaller::start);
    return new Agent(stateLock, server, background(settling, watch, installer, events), log);
  }

  /**
   * Takes no more calls and waits for those under way. What is mounted stays mounted: pods use it.
   */
  void stop() {
    background.forEach(Agent::close);
    boolean done = server.stop(LAST_CALLS);
    log.close();
    LOG.info("stopped callsUnderWay={}", !done);
    try {
      stateLock.close();
    } catch (IOException e) {
      LOG.debug("closing the state lock", e);
    }
  }

  private static List<AutoCloseable> background(
      Settling settling,
      MountWatch watch,
      Optional<DriverInstaller> installer,
      Optional<PodEvents> events) {
    List<AutoCloseable> all = new ArrayList<>(List.of(watch, settling));
    installer.ifPresent(all::add);
    events.ifPresent(all::add);
    return all;
  }

  private static void close(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception e) {
      LOG.warn("closing", e);
    }
  }

  /** Two agents with the same records would undo each other's work. */
  private static FileChannel lock(Path directory) throws IOException {
    Files.createDirectories(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path file = directory.resolve("lock");
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = channel.tryLock();
    if (lock == null) {
      channel.close();
      throw new IOException("another agent uses " + directory + " (it holds " + file + ")");
    }
    return channel;
  }
}
