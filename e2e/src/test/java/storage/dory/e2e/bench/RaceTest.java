// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class RaceTest {
  private final Progress progress =
      new Progress(
          new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
          System::nanoTime);
  private final Race<Pod> race =
      new Race<>(
          pod -> "Succeeded".equals(pod.getStatus().getPhase()),
          pod -> "Failed".equals(pod.getStatus().getPhase()));

  @Test
  void whatIsRefusedOrFailsIsTellingAndHasNoTime() throws InterruptedException {
    Race.Outcome outcome =
        race.run(
            List.of(pod("a", ""), pod("b", ""), pod("c", "")),
            pod -> {
              switch (pod.getMetadata().getName()) {
                case "a" -> race.onUpdate(pod, pod("a", "Succeeded"));
                case "b" -> race.onUpdate(pod, pod("b", "Failed"));
                default -> throw new KubernetesClientException("quota");
              }
            },
            "pods",
            progress);

    assertThat(outcome.times()).hasSize(1);
    assertThat(outcome.failures()).containsExactly("Pod b: failed", "Pod c: quota");
  }

  private static Pod pod(String name, String phase) {
    return new PodBuilder()
        .withNewMetadata()
        .withName(name)
        .endMetadata()
        .withNewStatus()
        .withPhase(phase)
        .endStatus()
        .build();
  }
}
