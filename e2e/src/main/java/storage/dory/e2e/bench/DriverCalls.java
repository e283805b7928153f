// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import storage.dory.e2e.process.Command;
import storage.dory.e2e.process.Ending;

/** Calls of one driver executable as kubelet makes them, one pod directory each. */
record DriverCalls(Path executable, Path pods, Path agentSocket, Set<String> volumes) {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  DriverCalls {
    volumes = Set.copyOf(volumes);
  }

  void init(int number) {
    call("init");
  }

  void mount(int number) throws IOException {
    Path target = target(number);
    Files.createDirectories(target);
    call("mount", target.toString(), request(number));
  }

  void unmount(int number) throws IOException {
    call("unmount", target(number).toString());
    Files.deleteIfExists(target(number));
  }

  private Path target(int number) {
    return pods.resolve("pods")
        .resolve("pod-" + number)
        .resolve("volumes")
        .resolve("dory.storage~" + executable.getFileName())
        .resolve(volume(number));
  }

  private String volume(int number) {
    return volumes.stream().sorted().skip(number % volumes.size()).findFirst().orElseThrow();
  }

  private String request(int number) {
    return """
    {"kubernetes.io/fsType":"","kubernetes.io/pod.name":"bench-%1$d",\
    "kubernetes.io/pod.namespace":"default","kubernetes.io/pod.uid":"pod-%1$d",\
    "kubernetes.io/pvOrVolumeName":"%2$s","kubernetes.io/readwrite":"rw",\
    "kubernetes.io/serviceAccount.name":"default"}\
    """
        .formatted(number, volume(number));
  }

  private void call(String... arguments) {
    List<String> words = new java.util.ArrayList<>(List.of(executable.toString()));
    words.addAll(List.of(arguments));
    Ending ending =
        new Command(words, Map.of("DORY_AGENT_SOCKET", agentSocket.toString())).run(LIMIT);
    boolean good =
        ending instanceof Ending.Ended(int code, String output)
            && code == 0
            && output.contains("\"Success\"");
    if (!good) {
      throw new IllegalStateException(executable + " " + arguments[0] + ": " + ending.words());
    }
  }
}
