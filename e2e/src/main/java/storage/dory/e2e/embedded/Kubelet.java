// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.embedded;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Stand-in of scheduler and kubelet: gives every pod a {@link PodLife} on the only node. */
final class Kubelet implements AutoCloseable {
  private final PodLife.Parts parts;
  private final Map<String, Thread> lives = new ConcurrentHashMap<>();
  private final Rounds rounds;

  Kubelet(PodLife.Parts parts) {
    this.parts = parts;
    this.rounds = new Rounds("kubelet", this::round);
    parts.sight().onChange(rounds::wake);
  }

  /** Ends every container without a word to the API. */
  @Override
  public void close() {
    rounds.close();
    List<Thread> running = List.copyOf(lives.values());
    running.forEach(Thread::interrupt);
    for (Thread life : running) {
      try {
        life.join(java.time.Duration.ofSeconds(8));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private void round() {
    for (Pod pod : parts.sight().pods()) {
      String taken = pod.getSpec().getNodeName();
      boolean ours = taken == null || taken.isEmpty() || taken.equals(parts.node());
      if (ours && pod.getMetadata().getDeletionTimestamp() == null) {
        lives.computeIfAbsent(pod.getMetadata().getUid(), uid -> start(pod));
      }
    }
  }

  private Thread start(Pod pod) {
    return Thread.ofVirtual()
        .name("pod-" + pod.getMetadata().getName())
        .start(new PodLife(pod, parts));
  }
}
