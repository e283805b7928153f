// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import storage.dory.kubectl.cluster.Cluster;

/**
 * Runs a short-lived pod to its end and reads what it printed. The pod is removed whatever happens,
 * and ends by itself within a minute if this process is killed.
 */
final class PluginPods {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final Duration PAUSE = Duration.ofMillis(250);
  private static final Duration QUIET = Duration.ofSeconds(1);

  private final Cluster cluster;
  private final Console console;

  PluginPods(Cluster cluster, Console console) {
    this.cluster = cluster;
    this.console = console;
  }

  /** How it ended. */
  sealed interface Ending {
    /** With 0; its log. */
    record Done(String log) implements Ending {}

    /** Not so; why, in words. */
    record Failed(String why) implements Ending {}
  }

  /** Makes the pod, waits for at most 90 s, and removes it. */
  Ending run(Pod pod, String what) {
    String namespace = pod.getMetadata().getNamespace();
    String name = pod.getMetadata().getName();
    long began = System.nanoTime();
    long told = began;
    var _ = cluster.create(pod);
    try {
      Pod seen = pod;
      while (System.nanoTime() - began < LIMIT.toNanos()) {
        Optional<Pod> now = cluster.pod(namespace, name);
        if (now.isEmpty()) {
          return new Ending.Failed("pod " + name + " was deleted by somebody");
        }
        seen = now.get();
        String phase = seen.getStatus() == null ? "" : seen.getStatus().getPhase();
        if ("Succeeded".equals(phase)) {
          return new Ending.Done(cluster.log(seen));
        }
        if ("Failed".equals(phase)) {
          return new Ending.Failed(words(seen));
        }
        if (System.nanoTime() - told > QUIET.toNanos()) {
          told = System.nanoTime();
          console.note(what + ", " + (told - began) / 1_000_000_000 + " s");
        }
        TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
      }
      return new Ending.Failed(
          "pod " + name + " did not end within " + LIMIT.toSeconds() + " s: " + words(seen));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Ending.Failed("interrupted");
    } finally {
      cluster.deletePod(namespace, name);
    }
  }

  private static String words(Pod pod) {
    if (pod.getStatus() == null || pod.getStatus().getContainerStatuses() == null) {
      return "it has not been scheduled";
    }
    return pod.getStatus().getContainerStatuses().stream()
        .map(ContainerStatus::getState)
        .map(PluginPods::words)
        .findFirst()
        .orElseGet(() -> String.valueOf(pod.getStatus().getMessage()));
  }

  private static String words(ContainerState state) {
    if (state.getTerminated() != null) {
      String message = state.getTerminated().getMessage();
      return (message == null ? "" : message.strip().replaceAll("\\s+", " "))
          + " (exit code "
          + state.getTerminated().getExitCode()
          + ")";
    }
    return state.getWaiting() == null
        ? "it still runs"
        : state.getWaiting().getReason() + " " + String.valueOf(state.getWaiting().getMessage());
  }
}
