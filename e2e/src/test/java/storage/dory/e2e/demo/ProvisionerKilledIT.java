// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import storage.dory.e2e.process.Ending;

/** The real provisioner process, killed with SIGKILL, on the embedded cluster. */
class ProvisionerKilledIT {
  private static final int CLAIMS = 5;

  @Test
  void everyClaimEndsBoundWithOneVolumeAndLeavesNothing() throws IOException {
    MountNamespace namespace = MountNamespace.orSkip();
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    // short, because sockets lie below it
    Path work = Files.createTempDirectory(Path.of("/tmp"), "k");

    Ending ending =
        namespace
            .java(
                KilledProvisionerMain.class,
                work.toString(),
                String.valueOf(seed),
                String.valueOf(CLAIMS))
            .run(Duration.ofMinutes(5));

    assertThat(ending.good()).as("seed %s, logs %s: %s", seed, work, ending).isTrue();
    try (var all = Files.walk(work)) {
      for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
