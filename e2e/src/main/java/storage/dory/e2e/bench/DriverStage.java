// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import storage.dory.e2e.node.MountTable;
import storage.dory.e2e.process.Checkout;
import storage.dory.e2e.process.Checkout.Program;
import storage.dory.e2e.process.Command;
import storage.dory.e2e.process.RunningProgram;
import storage.dory.plugin.Nothing;
import storage.dory.plugin.Reply;
import storage.dory.plugin.UnixSocketPlugin;
import storage.dory.plugin.VolumeName;
import storage.dory.plugin.VolumePlugin;

/** Agent, plugin and volumes for the driver's bench. Closing removes volumes, programs, mounts. */
final class DriverStage implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(40);
  private static final Duration CALL = Duration.ofSeconds(30);
  private static final Duration ANSWER = Duration.ofSeconds(5);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String VENDOR = "dory.storage";

  private final Checkout checkout;
  private final Path work;
  private final PluginUnderTest kind;
  private final Path socket;
  private final UnixSocketPlugin plugin;
  private final List<VolumeName> volumes = new ArrayList<>();
  private Optional<RunningProgram> ownPlugin = Optional.empty();
  private Optional<RunningProgram> agent = Optional.empty();
  private int starts;

  /**
   * @param work an empty directory with a path of at most 60 bytes, because sockets lie in it
   */
  DriverStage(Checkout checkout, Path work, PluginUnderTest kind) {
    this.checkout = checkout;
    this.work = work;
    this.kind = kind;
    this.socket = work.resolve("plugins").resolve(kind.name() + ".sock");
    this.plugin = new UnixSocketPlugin(socket);
  }

  /** Starts plugin and agent and waits until the agent has installed the plugin's driver. */
  void start() throws IOException, InterruptedException {
    for (String directory : List.of("plugins", "drivers", "logs", "kubelet")) {
      Files.createDirectories(work.resolve(directory));
    }
    Files.createDirectories(Objects.requireNonNull(driver().getParent()));
    Files.writeString(
        driver().resolveSibling(kind.name() + ".json"),
        JSON.writeValueAsString(
            Map.of(
                "dockerVolumePluginSocketPath", socket.toString(),
                "logFilePath", work.resolve("logs/driver.log").toString(),
                "createVolumes", true)));
    startPlugin();
    startAgent();
  }

  /** Starts the plugin, if it is ours to start, and waits until it answers. */
  void startPlugin() throws IOException, InterruptedException {
    ownPlugin.ifPresent(RunningProgram::kill);
    ownPlugin = kind.start(work, socket, log(kind.name()));
    await("the plugin to answer at " + socket, ownPlugin, this::pluginAnswers);
    for (VolumeName volume : volumes) {
      // rclone has forgotten what it had no time to write down
      plugin.create(volume, optionsOf(volume), CALL);
    }
  }

  /** Starts the agent and waits until it serves and the driver is there. */
  void startAgent() throws IOException, InterruptedException {
    agent.ifPresent(RunningProgram::kill);
    RunningProgram started =
        RunningProgram.start(
            "agent",
            checkout.command(
                Program.AGENT,
                List.of(
                    "--socket",
                    agentSocket().toString(),
                    "--state-dir",
                    work.resolve("state").toString(),
                    "--plugin-sockets",
                    work.resolve("plugins").toString(),
                    "--driver-dir",
                    work.resolve("drivers").toString(),
                    "--driver-executable",
                    checkout.driver().toString())),
            Map.of(),
            log("agent"));
    agent = Optional.of(started);
    await(
        "the agent to be ready and to install " + driver(),
        agent,
        () -> started.readyLine().isPresent() && Files.isExecutable(driver()));
  }

  /** Something that runs the driver for one thread. */
  Starter starter() throws IOException {
    return new Starter(
        checkout.root().resolve("e2e/target/bench-starter"),
        Map.of("DORY_AGENT_SOCKET", agentSocket().toString()));
  }

  /** Ends the agent as a lack of memory would. */
  void killAgent() {
    agent.ifPresent(RunningProgram::kill);
  }

  /** Ends the plugin as a lack of memory would. */
  void killPlugin() {
    ownPlugin.ifPresent(RunningProgram::kill);
  }

  /** Whether the plugin can be killed and started again. */
  boolean ownsPlugin() {
    return ownPlugin.isPresent();
  }

  /** Makes a volume through the plugin's protocol. */
  VolumeName createVolume(String name) throws IOException {
    VolumeName volume = new VolumeName(name);
    switch (plugin.create(volume, optionsOf(volume), CALL)) {
      case Reply.Done<Nothing> _ -> {
        return removedAtTheEnd(volume);
      }
      case Reply.Refused<Nothing>(String words) ->
          throw new BenchFailed("the plugin makes no volume: " + words);
      case Reply.Unreachable<Nothing>(String why, boolean _) -> throw new BenchFailed(why);
    }
  }

  /** The options that a volume of this name is made with. */
  Map<String, String> optionsOf(VolumeName volume) throws IOException {
    return kind.options(work, volume);
  }

  /** Takes over a volume that somebody else makes. */
  VolumeName removedAtTheEnd(VolumeName volume) {
    volumes.add(volume);
    return volume;
  }

  /** The plugin itself, for what no driver does. */
  VolumePlugin plugin() {
    return plugin;
  }

  /** Targets that the agent has records of, as many as there are. */
  int records() throws IOException {
    try (Stream<Path> files = Files.list(work.resolve("state/mounts"))) {
      return (int) files.filter(file -> file.toString().endsWith(".json")).count();
    }
  }

  /** What is mounted where pods would see it. */
  List<String> mountedForPods() {
    return mountedBelow("kubelet");
  }

  /** What the plugin has mounted for itself. */
  List<String> mountedByPlugin() {
    return mountedBelow("volumes");
  }

  /** Removes the volumes; names those that the plugin would not remove. */
  List<String> removeVolumes() {
    List<String> left = new ArrayList<>();
    for (VolumeName volume : volumes) {
      switch (plugin.remove(volume, CALL)) {
        case Reply.Done<Nothing> _ -> {}
        case Reply.Refused<Nothing>(String words) ->
            left.add("volume " + volume.value() + ": " + words);
        case Reply.Unreachable<Nothing>(String why, boolean _) ->
            left.add("volume " + volume.value() + ": " + why);
      }
    }
    volumes.clear();
    return left;
  }

  /** Ends agent and plugin, so that the driver has to do without. */
  void endPrograms() {
    agent.ifPresent(RunningProgram::close);
    ownPlugin.ifPresent(RunningProgram::close);
  }

  /** The executable that the agent installed. */
  Path driver() {
    return work.resolve("drivers").resolve(VENDOR + "~" + kind.name()).resolve(kind.name());
  }

  Path socket() {
    return socket;
  }

  Path agentSocket() {
    return work.resolve("agent.sock");
  }

  /** Where kubelet would mount a volume of a pod. */
  Path target(String pod, VolumeName volume) {
    return work.resolve("kubelet/pods")
        .resolve(pod)
        .resolve("volumes")
        .resolve(VENDOR + "~" + kind.name())
        .resolve(volume.value());
  }

  /** What the agent has resident now, in bytes. */
  OptionalLong agentMemory() {
    return agent.map(one -> ProcessFigures.resident(one.pid())).orElse(OptionalLong.empty());
  }

  OptionalLong agentPeak() {
    return agent.map(one -> ProcessFigures.peak(one.pid())).orElse(OptionalLong.empty());
  }

  OptionalLong pluginPeak() {
    return ownPlugin.map(one -> ProcessFigures.peak(one.pid())).orElse(OptionalLong.empty());
  }

  /** Processor time of the agent so far. */
  Duration agentProcessor() {
    return agent.map(one -> ProcessFigures.processor(one.pid())).orElse(Duration.ZERO);
  }

  @Override
  public void close() {
    if (ownPlugin.map(RunningProgram::running).orElse(true)) {
      volumes.removeIf(volume -> plugin.remove(volume, CALL) instanceof Reply.Done);
    }
    endPrograms();
    MountTable.current()
        .below(work)
        .reversed()
        .forEach(mount -> Command.of("umount", "-l", mount.target()).run(CALL));
  }

  /** Whether the plugin answers a call that looks at its volumes. */
  boolean pluginAnswers() {
    return Files.exists(socket) && plugin.list(ANSWER) instanceof Reply.Done;
  }

  private List<String> mountedBelow(String directory) {
    return MountTable.current().below(work.resolve(directory)).stream()
        .map(MountTable.Mount::target)
        .toList();
  }

  /** A log of its own for each start. */
  private Path log(String program) {
    return work.resolve("logs").resolve(program + "-" + ++starts + ".log");
  }

  private void await(
      String what, Optional<RunningProgram> by, java.util.function.BooleanSupplier there)
      throws InterruptedException {
    long end = System.nanoTime() + START.toNanos();
    while (!there.getAsBoolean()) {
      boolean ended = by.map(program -> !program.running()).orElse(false);
      if (ended || System.nanoTime() - end > 0) {
        throw new BenchFailed(
            "waited for "
                + what
                + (ended ? ": the program has ended" : ": not within " + START.toSeconds() + " s")
                + by.map(program -> "; its last lines: " + lastLines(program.log())).orElse(""));
      }
      Thread.sleep(20);
    }
  }

  private static String lastLines(Path log) {
    try (Stream<String> lines = Files.lines(log)) {
      List<String> all = lines.toList();
      return String.join(" | ", all.subList(Math.max(0, all.size() - 3), all.size()));
    } catch (IOException e) {
      return "none";
    }
  }
}
