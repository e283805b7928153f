// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import storage.dory.e2e.process.RunningProgram;

/** A client killed in the middle of its watches, with events under way to it. */
class KilledWatcherIT {
  @TempDir private Path directory = Path.of("");

  @Test
  void requestsOfOthersAreNotHeldUp() throws IOException {
    try (ApiServer server = new ApiServer((namespace, pod) -> "")) {
      for (int round = 1; round <= 3; round++) {
        RunningProgram watcher = watcher(server, directory.resolve("watcher" + round));
        await().atMost(Duration.ofSeconds(30)).until(() -> watcher.readyLine().isPresent());

        try (KubernetesClient writer = server.client()) {
          for (int i = 0; i < 30; i++) {
            writer.resource(map("before-" + round + "-" + i)).create();
          }
          watcher.crash();
          for (int i = 0; i < 30; i++) {
            writer.resource(map("after-" + round + "-" + i)).create();
          }
        }

        for (int i = 0; i < 8; i++) {
          Instant start = Instant.now();
          try (KubernetesClient next = server.client()) {
            assertThat(next.configMaps().inNamespace("default").list().getItems())
                .hasSize(60 * round);
          }
          assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(3));
        }
      }
    }
  }

  private static RunningProgram watcher(ApiServer server, Path log) throws IOException {
    return RunningProgram.start(
        "watcher",
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            WatchingClientMain.class.getName(),
            server.url().toString()),
        Map.of(),
        log);
  }

  private static ConfigMap map(String name) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace("default")
        .endMetadata()
        .addToData("text", "x".repeat(20_000))
        .build();
  }
}
