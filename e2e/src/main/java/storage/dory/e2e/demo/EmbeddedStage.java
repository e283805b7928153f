// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import storage.dory.e2e.node.MountTable;
import storage.dory.e2e.process.Checkout;
import storage.dory.e2e.process.Checkout.Program;
import storage.dory.e2e.process.RunningProgram;
import storage.dory.plugin.PluginVolume;
import storage.dory.plugin.Reply;
import storage.dory.plugin.UnixSocketPlugin;

/**
 * All programs of the project on this machine, with the embedded cluster between them. Everything
 * lies in one work directory. Closing ends what still runs.
 */
public final class EmbeddedStage implements NodeView, AutoCloseable {
  private static final Duration PLUGIN_LIMIT = Duration.ofSeconds(10);

  private final Checkout checkout;
  private final Path work;
  private final UnixSocketPlugin plugin;
  private final List<RunningProgram> programs = new ArrayList<>();

  /**
   * @param work an empty directory with a path of at most 60 bytes, because sockets lie in it
   */
  public EmbeddedStage(Checkout checkout, Path work) {
    this.checkout = checkout;
    this.work = work;
    this.plugin = new UnixSocketPlugin(sockets().resolve("local.sock"));
  }

  /**
   * Starts the API server and the plugin, which need nobody.
   *
   * @param instant whether provisioning pods are to cost nothing and make no volume
   */
  public void startFoundations(boolean instant) throws IOException {
    for (String directory : List.of("plugins", "drivers", "state", "volumes", "logs")) {
      Files.createDirectories(work.resolve(directory));
    }
    Path images = work.resolve("images.json");
    new ObjectMapper()
        .writeValue(
            images.toFile(),
            Map.of(
                DemoObjects.KIT_IMAGE, checkout.command(Program.PROVISIONER_KIT, List.of()),
                DemoObjects.SHELL_IMAGE, List.of()));
    List<String> server =
        new ArrayList<>(
            List.of(
                "--dir",
                work.toString(),
                "--images",
                images.toString(),
                "--driver-dir",
                work.resolve("drivers").toString()));
    if (instant) {
      server.addAll(List.of("--instant", DemoObjects.KIT_IMAGE));
    }
    start("api-server", Program.EMBEDDED_CLUSTER, server.toArray(String[]::new));
    start(
        "local-plugin",
        Program.LOCAL_PLUGIN,
        "--socket",
        plugin.socket().toString(),
        "--root",
        work.resolve("volumes").toString());
  }

  /** Starts agent and provisioner, once the others are ready, see {@link #notReady}. */
  public void startDory() throws IOException {
    start(
        "agent",
        Program.AGENT,
        "--socket",
        agentSocket().toString(),
        "--state-dir",
        work.resolve("state").resolve("agent").toString(),
        "--plugin-sockets",
        sockets().toString(),
        "--driver-dir",
        work.resolve("drivers").toString(),
        "--driver-executable",
        checkout.driver().toString());
    startProvisioner();
  }

  /** Starts a flex provisioner; also after one was killed. */
  public RunningProgram startProvisioner() throws IOException {
    return start(
        "flex-provisioner",
        Program.FLEX_PROVISIONER,
        "--kubeconfig",
        kubeconfig().toString(),
        "--namespace",
        DemoObjects.SYSTEM,
        "--plugin-sockets",
        sockets().toString(),
        "--volumes-dir",
        work.resolve("volumes").toString(),
        "--state-dir",
        work.resolve("state").toString(),
        "--port",
        String.valueOf(freePort()));
  }

  /** Names of the programs that have not said that they serve; a program that ended throws. */
  public List<String> notReady() throws IOException {
    List<String> waiting = new ArrayList<>();
    for (RunningProgram program : programs) {
      if (program.readyLine().isEmpty()) {
        OptionalInt code = program.exitCode();
        if (code.isPresent()) {
          throw new IOException(
              program.name() + " ended with code " + code.getAsInt() + ", log " + program.log());
        }
        waiting.add(program.name());
      }
    }
    return waiting;
  }

  /** Applies the one ConfigMap. */
  public void offer(KubernetesClient client) {
    client.resource(DemoObjects.provisioner()).create();
  }

  /** Process id of a program by its name. */
  public long pid(String name) {
    return programs.stream()
        .filter(program -> program.name().equals(name))
        .mapToLong(RunningProgram::pid)
        .findFirst()
        .orElseThrow();
  }

  /** What was started, in order. */
  public List<RunningProgram> programs() {
    return List.copyOf(programs);
  }

  /** A client of the embedded API server; the caller closes it. */
  public KubernetesClient client() {
    return new KubernetesClientBuilder()
        .withConfig(Config.fromKubeconfig(kubeconfig().toFile()))
        .build();
  }

  public Path kubeconfig() {
    return work.resolve("kubeconfig");
  }

  public Path logs() {
    return work.resolve("logs");
  }

  public Path sockets() {
    return work.resolve("plugins");
  }

  /** Where the agent answers the driver. */
  public Path agentSocket() {
    return work.resolve("agent.sock");
  }

  @Override
  public MountTable mounts() {
    return MountTable.current();
  }

  /** Volumes that the plugin lists. */
  public List<String> volumes() {
    return switch (plugin.list(PLUGIN_LIMIT)) {
      case Reply.Done<List<PluginVolume>>(List<PluginVolume> all) ->
          all.stream().map(volume -> volume.name().value()).toList();
      case Reply.Refused<List<PluginVolume>>(String words) ->
          throw new IllegalStateException("plugin local refused to list: " + words);
      case Reply.Unreachable<List<PluginVolume>>(String why, boolean _) ->
          throw new IllegalStateException(why);
    };
  }

  @Override
  public boolean pluginHas(String volume) {
    return volumes().contains(volume);
  }

  /** Ends all programs, users of others first; names those that did not end well. */
  public List<String> end() {
    List<String> bad = new ArrayList<>();
    for (RunningProgram program : programs.reversed()) {
      boolean ran = program.running();
      program.close();
      int code = program.exitCode().orElse(-1);
      if (ran && code != 0) {
        bad.add(program.name() + " ended with code " + code);
      }
    }
    return bad;
  }

  @Override
  public void close() {
    end();
    MountTable.current().below(work).reversed().forEach(mount -> unmount(mount.target()));
  }

  /** Anything still mounted below the work directory. */
  public Optional<String> leftMounted() {
    return MountTable.current().below(work).stream().map(MountTable.Mount::target).findFirst();
  }

  private RunningProgram start(String name, Program program, String... arguments)
      throws IOException {
    RunningProgram started =
        RunningProgram.start(
            name,
            checkout.command(program, List.of(arguments)),
            Map.of("DORY_AGENT_SOCKET", agentSocket().toString()),
            logs().resolve(name + ".log"));
    programs.removeIf(earlier -> earlier.name().equals(name) && !earlier.running());
    programs.add(started);
    return started;
  }

  private static void unmount(String target) {
    storage.dory.e2e.process.Command.of("umount", "-l", target).run(PLUGIN_LIMIT);
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }
}
