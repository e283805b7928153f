// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.control;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.function.Consumer;
import storage.dory.provisioner.catalog.ConfigMapKey;
import storage.dory.provisioner.volume.ClaimUid;

/**
 * How many pods of a ConfigMap run, and who waits for one to end. Filled from what the cluster
 * shows, so that a restart counts the same. Safe for use by several threads.
 */
public final class Slots {
  private final Map<ConfigMapKey, Set<String>> running = new HashMap<>();
  private final Map<ConfigMapKey, SequencedSet<ClaimUid>> waiting = new HashMap<>();
  private final Map<ClaimUid, ConfigMapKey> called = new HashMap<>();
  private final Consumer<ClaimUid> next;

  /**
   * @param next is told which request may go now
   */
  public Slots(Consumer<ClaimUid> next) {
    this.next = next;
  }

  /** Takes a slot for a pod, or queues the request for the next one. */
  public synchronized boolean take(ConfigMapKey source, String pod, int most, ClaimUid request) {
    Set<String> pods = running.computeIfAbsent(source, _ -> new HashSet<>());
    if (pods.contains(pod)) {
      return true;
    }
    called.remove(request);
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

  /** A pod has ended, or was never made; it may be said again. Whoever waits longest is called. */
  public void ended(ConfigMapKey source, String pod) {
    freed(source, pod).ifPresent(next);
  }

  /**
   * A request has been looked at. If it was called and did not ask for the slot, since it needs no
   * pod any more or not yet, the next one is called.
   */
  public void lookedAt(ClaimUid request) {
    unwanted(request).ifPresent(next);
  }

  private synchronized Optional<ClaimUid> unwanted(ClaimUid request) {
    return Optional.ofNullable(called.remove(request)).flatMap(this::call);
  }

  private synchronized Optional<ClaimUid> freed(ConfigMapKey source, String pod) {
    boolean freed = running.getOrDefault(source, new HashSet<>()).remove(pod);
    return freed ? call(source) : Optional.empty();
  }

  private Optional<ClaimUid> call(ConfigMapKey source) {
    SequencedSet<ClaimUid> queue = waiting.get(source);
    if (queue == null || queue.isEmpty()) {
      return Optional.empty();
    }
    ClaimUid first = queue.removeFirst();
    called.put(first, source);
    return Optional.of(first);
  }
}
