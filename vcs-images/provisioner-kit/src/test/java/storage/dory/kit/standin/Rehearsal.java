// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit.standin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Runs the kit's command against stand-ins over TLS, as in a cluster: once to train its start-up
 * cache, or many times to measure it.
 *
 * <p>Arguments: directory to work in, number of runs, command.
 */
public final class Rehearsal {
  private static final String TOKEN = "rehearsal-token";

  private final Path directory;
  private final List<String> command;

  private Rehearsal(Path directory, List<String> command) {
    this.directory = directory;
    this.command = command;
  }

  public static void main(String[] arguments) throws Exception {
    int runs = Integer.parseInt(arguments[1]);
    Rehearsal rehearsal =
        new Rehearsal(
            Files.createDirectories(Path.of(arguments[0])),
            List.of(arguments).subList(2, arguments.length));
    Taken taken = rehearsal.run(runs);
    long[] millis = taken.millis();
    Arrays.sort(millis);
    System.out.println(
        "runs="
            + runs
            + " min_ms="
            + millis[0]
            + " p50_ms="
            + millis[runs / 2]
            + " p95_ms="
            + millis[Math.min(runs - 1, runs * 95 / 100)]
            + " mean_cpu_ms="
            + taken.cpuMillis() / runs);
    System.exit(0);
  }

  /**
   * User and system time of the processes waited for; steadier than the clock on a busy machine.
   */
  private static long childrenCpuMillis() throws IOException {
    String stat = Files.readString(Path.of("/proc/self/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[13]) + Long.parseLong(fields[14])) * 10;
  }

  private Taken run(int runs) throws IOException, GeneralSecurityException, InterruptedException {
    Path sockets = Files.createDirectories(directory.resolve("plugins"));
    Authority authority = Authority.in(directory);
    ApiStandIn api = new ApiStandIn(TOKEN);
    PluginStandIn plugin = new PluginStandIn();
    try (HttpDoor https = HttpDoor.at(authority.sockets(), api::answer);
        HttpDoor _ = HttpDoor.at(sockets.resolve("rehearsal.sock"), plugin::answer)) {
      long[] millis = new long[runs];
      long before = childrenCpuMillis();
      for (int run = 0; run < runs; run++) {
        String volume = "pvc-" + run;
        properties(volume, https.port());
        long start = System.nanoTime();
        provision(authority.certificate(), sockets);
        millis[run] = (System.nanoTime() - start) / 1_000_000;
        if (!api.volumes().containsKey(volume) || !plugin.volumes().containsKey(volume)) {
          throw new IOException("the command ended well and made no volume " + volume);
        }
      }
      return new Taken(millis, childrenCpuMillis() - before);
    } finally {
      Files.deleteIfExists(sockets.resolve("rehearsal.sock"));
    }
  }

  private void provision(Path authority, Path sockets) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    Path output = directory.resolve("output");
    builder.redirectOutput(output.toFile());
    builder
        .environment()
        .putAll(
            Map.of(
                "DORY_PROPERTIES", directory.resolve("properties").toString(),
                "DORY_CA_FILE", authority.toString(),
                "DORY_TERMINATION_LOG", directory.resolve("termination-log").toString(),
                "DORY_PLUGIN_SOCKETS", sockets.toString(),
                "NODE_NAME", "rehearsal"));
    int code = builder.start().waitFor();
    if (code != 0) {
      throw new IOException("exit code " + code + ": " + Files.readString(output));
    }
  }

  private void properties(String volume, int port) throws IOException {
    Path properties = Files.createDirectories(directory.resolve("properties"));
    Map<String, String> values =
        Map.ofEntries(
            Map.entry("action", "provision"),
            Map.entry("pv-name", volume),
            Map.entry("pvc-name", "claim"),
            Map.entry("pvc-namespace", "default"),
            Map.entry("pvc-uid", "uid-of-" + volume),
            Map.entry("size", "1048576"),
            Map.entry("access-modes", "ReadWriteOnce"),
            Map.entry("storage-class", "rehearsal"),
            Map.entry("docker-plugin", "rehearsal"),
            Map.entry("remote", "disk:${pv-name}"),
            Map.entry("kube-api", "https://127.0.0.1:" + port),
            Map.entry("service-token", TOKEN));
    for (Map.Entry<String, String> each : values.entrySet()) {
      Files.writeString(properties.resolve(each.getKey()), each.getValue());
    }
  }

  /** Wall time of each run, processor time of all of them. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Taken(long[] millis, long cpuMillis) {}
}
