// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.ops;

import java.util.Map;

/**
 * What is so at this moment, looked up for each scrape.
 *
 * @param leads whether this process works
 * @param depths keys that wait, by queue
 * @param pods our pods that the cache shows
 * @param undos requests whose claim has gone and of which something is left to be cleaned up
 * @param cached objects in the caches, by kind
 */
public record Gauges(
    boolean leads,
    Map<String, Integer> depths,
    Map<Pods, Integer> pods,
    int undos,
    Map<String, Integer> cached) {
  /** Pods are counted by what they do and by their phase. */
  public record Pods(String action, String phase) {}

  /** Of a process that does not work. */
  public static final Gauges NONE = new Gauges(false, Map.of(), Map.of(), 0, Map.of());

  public Gauges {
    depths = Map.copyOf(depths);
    pods = Map.copyOf(pods);
    cached = Map.copyOf(cached);
  }
}
