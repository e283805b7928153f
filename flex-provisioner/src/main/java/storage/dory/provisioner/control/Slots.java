// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.control;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import storage.dory.provisioner.catalog.ConfigMapKey;
import storage.dory.provisioner.volume.ClaimUid;

/**
 * How many pods of a ConfigMap run, and who waits for one to end. Filled from what the cluster
 * shows, so that a restart counts the same. Safe for use by several threads.
 */
public final class Slots {
  private final Map<ConfigMapKey, Set<String>> running = new HashMap<>();
  private final Map<ConfigMapKey, SequencedSet<ClaimUid>> waiting = new HashMap<>();

  /** Takes a slot for a pod, or queues the request for the next one. */
  public synchronized boolean take(ConfigMapKey source, String pod, int most, ClaimUid request) {
    Set<String> pods = running.computeIfAbsent(source, _ -> new HashSet<>());
    if (pods.contains(pod)) {
      return true;
    }
    SequencedSet<ClaimUid> queue = waiting.computeIfAbsent(source, _ -> new LinkedHashSet<>());
    if (pods.size() >= most) {
      queue.add(request);
      return false;
    }
    queue.remove(request);
    return pods.add(pod);
  }

  /** A pod runs. */
  public synchronized void started(ConfigMapKey source, String pod) {
    running.computeIfAbsent(source, _ -> new HashSet<>()).add(pod);
  }

  /** A pod has ended without anybody saying so; who waits finds out when it asks again. */
  public synchronized void free(ConfigMapKey source, String pod) {
    running.getOrDefault(source, new HashSet<>()).remove(pod);
  }

  /** A pod has ended or was never made; the request that may go next. */
  public synchronized Optional<ClaimUid> ended(ConfigMapKey source, String pod) {
    boolean freed = running.getOrDefault(source, new HashSet<>()).remove(pod);
    SequencedSet<ClaimUid> queue = waiting.get(source);
    return freed && queue != null && !queue.isEmpty()
        ? Optional.of(queue.removeFirst())
        : Optional.empty();
  }
}
