// SPDX-License-Identifier: Apache-2.0
package storage.dory.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import storage.dory.local.host.Images;
import storage.dory.local.host.Processes;
import storage.dory.local.host.Sizes;
import storage.dory.local.host.Trees;
import storage.dory.local.http.PluginServer;
import storage.dory.local.volumes.Storage;
import storage.dory.local.volumes.VolumeRecords;
import storage.dory.local.volumes.Volumes;

/** A Docker Volume Plugin that keeps each volume in a directory of this machine. */
@Command(
    name = "dory-local-plugin",
    mixinStandardHelpOptions = true,
    version = "0.1.0",
    exitCodeOnInvalidInput = LocalPluginMain.USAGE,
    exitCodeOnExecutionException = LocalPluginMain.FAILED,
    description = "Serves volumes of this machine by the Docker Volume Plugin protocol.")
public final class LocalPluginMain implements Callable<Integer> {
  static final int USAGE = 64;
  static final int FAILED = 1;

  private static final Logger LOG = LoggerFactory.getLogger(LocalPluginMain.class);
  private static final Duration PROCESS_LIMIT = Duration.ofSeconds(60);
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /** Directories below the root and who may enter them. */
  private static final Map<String, String> LAYOUT =
      Map.of(
          "data", "rwx--x--x",
          "mounts", "rwx--x--x",
          "images", "rwx------",
          "records", "rwx------");

  @Option(
      names = "--socket",
      paramLabel = "FILE",
      defaultValue = "${env:DORY_PLUGIN_SOCKET:-/run/docker/plugins/local.sock}",
      description = "where callers find the plugin (${DEFAULT-VALUE})")
  private Path socket = Path.of("");

  @Option(
      names = "--root",
      paramLabel = "DIRECTORY",
      defaultValue = "${env:DORY_VOLUMES:-/var/lib/dory/volumes/local}",
      description = "where volumes are kept (${DEFAULT-VALUE})")
  private Path root = Path.of("");

  private LocalPluginMain() {}

  /** Runs until SIGTERM. */
  public static void main(String[] arguments) {
    int code =
        new CommandLine(new LocalPluginMain())
            .setParameterExceptionHandler((problem, given) -> {
              System.err.println(
                  String.valueOf(problem.getMessage()).lines().findFirst().orElse("wrong flags"));
              return USAGE;
            })
            .setExecutionExceptionHandler((problem, commandLine, parsed) -> {
              System.err.println("dory-local-plugin: " + problem.getMessage());
              return FAILED;
            })
            .execute(arguments);
    System.out.flush();
    System.err.flush();
    if (code != 0) {
      Runtime.getRuntime().halt(code); // the shutdown hook is for SIGTERM
    }
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path home = layOut();
    Path place = socket.toAbsolutePath().normalize();
    Processes processes = new Processes(PROCESS_LIMIT);
    Sizes sizes = Sizes.current();
    Volumes volumes =
        new Volumes(
            new VolumeRecords(home.resolve("records")),
            new Storage(home, new Images(processes), new Trees(processes)),
            sizes,
            InstantSource.system(),
            PATIENCE);
    try (FileChannel lock =
            FileChannel.open(
                home.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        PluginServer server = new PluginServer(place, volumes)) {
      server.claim();
      if (lock.tryLock() == null) {
        throw new IOException("another plugin uses " + home + ", stop it first");
      }
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server), "stop"));
      LOG.info("event=starting socket={} root={} sizes={}", place, home, sizes);
      volumes.recover();
      server.start();
      System.out.println("ready socket=" + place + " root=" + home);
      System.out.flush();
      server.join();
    }
    return 0;
  }

  private Path layOut() throws IOException {
    Files.createDirectories(root);
    Path home = root.toRealPath();
    for (Map.Entry<String, String> entry : LAYOUT.entrySet()) {
      Path directory = Files.createDirectories(home.resolve(entry.getKey()));
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(entry.getValue()));
    }
    return home;
  }

  /** SIGTERM is the way to end this program, so it ends with 0. Mounts stay as they are. */
  private static void stop(PluginServer server) {
    try {
      server.close();
      LOG.info("event=stopped");
    } catch (IOException e) {
      LOG.error("event=stopped reason=\"{}\"", e.getMessage());
    }
    Runtime.getRuntime().halt(0);
  }
}
