// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunningKubeletTest {
  @TempDir private Path proc;

  @Test
  void kubeletIsTheSameUntilAnotherOneHasBeenStarted() throws IOException {
    RunningKubelet running = new RunningKubelet(new NodeProcesses(proc));
    start("31", "400");
    Optional<RunningKubelet.Name> first = running.look();
    assertThat(first).isPresent();
    assertThat(running.look()).isEqualTo(first);

    start("31", "800");
    assertThat(running.look()).as("the number is used again").isPresent().isNotEqualTo(first);

    Files.delete(proc.resolve("31/stat"));
    Files.delete(proc.resolve("31/cmdline"));
    assertThat(running.look()).isEmpty();
    start("77", "900");
    Optional<RunningKubelet.Name> later = Optional.empty();
    for (int look = 0; look < 12 && later.isEmpty(); look++) {
      later = running.look();
    }
    assertThat(later).contains(new RunningKubelet.Name(proc.resolve("77"), "900"));
  }

  @Test
  void nameOfTheProcessDoesNotConfuse() throws IOException {
    start("31", "400");
    Files.writeString(
        proc.resolve("31/stat"),
        "31 (kube) let 1 2) S 1 31 31 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 9 0 400 1 2\n");

    assertThat(new RunningKubelet(new NodeProcesses(proc)).look())
        .contains(new RunningKubelet.Name(proc.resolve("31"), "400"));
  }

  private void start(String id, String when) throws IOException {
    Path process = Files.createDirectories(proc.resolve(id));
    Files.writeString(process.resolve("cmdline"), "/usr/bin/kubelet\0");
    Files.writeString(
        process.resolve("stat"),
        id + " (kubelet) S 1 31 31 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 9 0 " + when + " 1 2\n");
  }
}
